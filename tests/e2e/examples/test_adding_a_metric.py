"""docs/adding-a-metric.md, followed: in a copy of the project, as it is written there, until the panel has data."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from attrs import frozen

from kit.model.metric import Counter
from signals.jobs import SERVICES

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = (ROOT / "docs/adding-a-metric.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(?:# |// |<!-- )(\S+)(?: -->)?\n(.*?)^```$", re.M | re.S)
BLOCKS = BLOCK.findall(DOCUMENT)
DECLARED = Counter(
    "dataflux_thumbnails_total", "service result", help="Thumbnails made; result is ok or failed", job=SERVICES
)
PNG = b"\x89PNG\r\n"


def apply_diff(text, diff):
    """The text with each hunk put where its lines stand, once."""
    for hunk in re.split(r"^@@\n", diff, flags=re.M):
        lines = hunk.splitlines(keepends=True)
        assert {line[0] for line in lines} <= set("+- \n"), hunk
        before = "".join(line[1:] or "\n" for line in lines if line[0] != "+")
        after = "".join(line[1:] or "\n" for line in lines if line[0] != "-")
        assert text.count(before) == 1, f"stands there {text.count(before)} times:\n{before}"
        text = text.replace(before, after)
    return text


@frozen
class Followed:
    """The copy, after every block of the document."""

    project: object

    @property
    def root(self):
        return self.project.root

    def compiled(self, path):
        return (self.root / "monitoring" / path).read_text()


@pytest.fixture(scope="module")
def followed(made, examples, tmp_path_factory):
    root = tmp_path_factory.mktemp("followed")
    shutil.copytree(made.root, root, symlinks=True, dirs_exist_ok=True)
    for name in ("python-service", "go-service"):
        examples(name, root)
    for name in ("simulator", "tests/simulator", "tests/stories", "tests/alerts"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("pyproject.toml", "tests/conftest.py", "tests/forked.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, root / path)
    for language, path, code in BLOCKS:
        there = (root / path).read_text() if (root / path).exists() else ""
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(apply_diff(there, code) if language == "diff" else there + code)
    project = type(made)(root)
    ran = project.compile()
    assert (ran.code, ran.err) == (0, ""), ran.out + ran.err
    return Followed(project)


def test_every_block_names_its_file():
    assert len(BLOCKS) == DOCUMENT.count("\n```") / 2 >= 9
    assert {language for language, _, _ in BLOCKS} == {"diff", "python", "go", "markdown"}


def test_its_metric_is_new():
    sources = [*ROOT.glob("signals/*.py"), *ROOT.glob("examples/*/**/*.py"), *ROOT.glob("examples/*/*.go")]
    assert [path for path in sources if "thumbnail" in path.read_text().lower()] == []


def test_what_is_compiled_is_what_the_copy_is_checked_for(followed):
    assert followed.project.build("check").code == 0


def test_the_page_the_alerts_and_the_runbook_have_it(followed):
    page = followed.compiled("grafana/dashboards/Business Metrics/df-assets.json")
    assert "dataflux_thumbnails_total" in page and '"Failed thumbnails"' in page
    for path in ("prometheus/rules/business.yml", "grafana/provisioning/alerting/rules.yml"):
        groups = yaml.safe_load(followed.compiled(path))["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        [rule] = [rule for rule in rules if "ThumbnailsFailing" in (rule.get("alert"), rule.get("title"))]
        assert "dataflux_thumbnails_total" in str(rule)
    runbook = (followed.root / "docs/runbooks/ThumbnailsFailing.md").read_text()
    assert "| ThumbnailsFailing | Failed thumbnails of any " in runbook
    assert " above 10 % over 5m, of at least 20 | warning | 10m |" in runbook
    assert "(ThumbnailsFailing.md)" in (followed.root / "docs/runbooks/README.md").read_text()


def test_its_stories_are_true_and_are_enough_for_the_law(followed, tool):
    tool("promtool")
    chosen = "ThumbnailsFailing or every_alert_has_a_story"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/stories", "-k", chosen]
    ran = subprocess.run(command, cwd=followed.root, capture_output=True, text=True, timeout=120)
    assert "3 passed" in ran.stdout, ran.stdout + ran.stderr


def test_it_is_played(followed):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/simulator/test_catalogue.py"]
    ran = subprocess.run(command, cwd=followed.root, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_code_of_both_languages_has_the_houses_style(followed, tool, go):
    said = subprocess.run(
        [tool("gofmt"), "-l", "."],
        cwd=followed.root / "examples/go-service",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.stdout == ""
    go("vet", ".", cwd=followed.root / "examples/go-service")
    go("test", ".", cwd=followed.root / "examples/go-service")
    if (ruff := Path(sys.executable).with_name("ruff")).exists():
        for command in (["check"], ["format", "--check"]):
            paths = sorted({path for _, path, _ in BLOCKS if path.endswith(".py")})
            ran = subprocess.run(
                [ruff, *command, "--no-cache", *paths], cwd=followed.root, capture_output=True, text=True, timeout=60
            )
            assert ran.returncode == 0, ran.stdout


@pytest.fixture(scope="module")
def services(followed, python_service, go_service, go, tmp_path_factory):
    """Both, changed and built."""
    folder = tmp_path_factory.mktemp("services")
    binary = folder / "query-service"
    go("build", "-o", str(binary), ".", cwd=followed.root / "examples/go-service")
    source = followed.root / "examples/python-service"
    with python_service(folder, source=source) as ingestion, go_service(folder, binary=binary) as query:
        yield ingestion, query


@pytest.mark.parametrize("which", [0, 1], ids=["Python", "Go"])
def test_it_is_exported_as_the_catalogue_says(services, agreeing, catalogue, which):
    text = services[which].ask("/metrics").text
    assert DECLARED.name in agreeing(text, {**catalogue, DECLARED.name: DECLARED})
    results = {dict(labels)["result"] for name, labels in services[which].samples() if name == DECLARED.name}
    assert results == {"ok", "failed"}


@pytest.fixture(scope="module")
def seen(followed, services, prometheus, driven, waiting, tmp_path_factory):
    """A Prometheus with what was compiled, that has scraped both while some of their thumbnails fail."""
    ingestion, query = services
    reached = {"ingestion-service:8001": ingestion.at, "query-service:8002": query.at}
    folder = tmp_path_factory.mktemp("seen")
    project = followed.project
    shutil.copy(followed.root / "settings.py", folder / "settings.py")
    text = (folder / "settings.py").read_text()
    for old, new in (
        ("reached_at={},", f"reached_at={reached!r},"),
        ('service_scrape_interval="5s"', 'service_scrape_interval="1s"'),
        ('rule_interval="15s"', 'rule_interval="1s"'),
    ):
        assert old in text, f"settings.py does not contain {old!r} any more: change this test"
        text = text.replace(old, new)
    (folder / "settings.py").write_text(text)
    out = folder / "compiled"
    ran = project.build("compile", "--settings", str(folder / "settings.py"), "--out", str(out))
    assert ran.code == 0, ran.err
    files = {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*") if path.is_file()}
    picture = ingestion.upload(PNG).json["asset_id"]
    broken = ingestion.upload(b"none", "video/mp4").json["asset_id"]
    query.ask("/assets", method="POST", body=b'{"asset_id": "empty", "modality": "image", "text": ""}')
    waiting(lambda: ingestion.ask(f"/assets/{broken}").json["state"] == "failed")

    def look(_):
        for asset in (picture, broken):
            ingestion.ask(f"/assets/{asset}/thumbnail")
        for asset in ("asset-3", "empty"):
            query.ask(f"/assets/{asset}/thumbnail")

    with driven(look), prometheus(folder, reached, files) as running:
        yield running


@pytest.mark.parametrize("title", ["Thumbnails", "Failed thumbnails"])
def test_its_panel_has_data_of_both_services(seen, title, waiting):
    [query] = seen.queries("df-assets", title)
    values = waiting(lambda: len(found := seen.values(query)) == 2 and found)
    assert set(values) == {'{"service": "ingestion-service"}', '{"service": "query-service"}'}


def test_its_alert_is_evaluated_and_on_its_way(seen, waiting):
    waiting(lambda: len(seen.rule("ThumbnailsFailing")["alerts"]) == 2)
    rule = seen.rule("ThumbnailsFailing")
    assert (rule["health"], rule["state"]) == ("ok", "pending")
    assert {alert["labels"]["service"] for alert in rule["alerts"]} == {"ingestion-service", "query-service"}
    assert all(0.4 < value < 0.6 for value in seen.values(rule["query"]).values())

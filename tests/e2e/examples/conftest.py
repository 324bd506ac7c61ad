"""The example services as programs, and the real Prometheus with what is compiled in front of them."""

import importlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager, suppress
from email.message import Message
from pathlib import Path

import pytest
from attrs import evolve, field, frozen
from prometheus_client.parser import text_string_to_metric_families

from kit import load
from kit.compile import compiled as compile_all
from kit.live.programs import LOOPBACK, answers, free_port, running
from kit.model.metric import Histogram, Metric
from signals.jobs import SERVICES

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
PATIENCE = 60  # seconds; a machine under load is slow, and nothing waits longer than it must


def wait_for(what, timeout=PATIENCE, every=0.1):
    """What `what()` gives, as soon as that is true; asked `every` so many seconds."""
    end = time.monotonic() + timeout
    while not (found := what()):
        assert time.monotonic() < end, f"{timeout} s were not enough for {what.__name__}"
        time.sleep(every)
    return found


@frozen
class Answer:
    status: int
    headers: Message
    text: str

    @property
    def json(self):
        return json.loads(self.text)


@frozen(slots=False)
class Service:
    """A program that runs on `port` and logs to `log`."""

    name: str
    port: int
    log: Path
    process: subprocess.Popen = field(eq=False)

    @property
    def at(self):
        return f"{LOOPBACK}:{self.port}"

    def ask(self, path, *, method="GET", body=None, headers=()):
        url = f"http://{self.at}{path}"
        request = urllib.request.Request(url, data=body, method=method, headers=dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read().decode(errors="replace"))

    def upload(self, content, kind="image/png", path="/upload", headers=()):
        return self.ask(path, method="POST", body=content, headers={"Content-Type": kind, **dict(headers)})

    def samples(self):
        """(name, labels as frozenset) → value, of our own metrics."""
        families = text_string_to_metric_families(self.ask("/metrics").text)
        every = (sample for family in families for sample in family.samples)
        return {(s.name, frozenset(s.labels.items())): s.value for s in every if s.name.startswith("dataflux_")}

    def value(self, name, **labels):
        """The sum of the samples with that name that have these labels."""
        wanted = labels.items()
        return sum(v for (n, has), v in self.samples().items() if n == name and wanted <= has)

    def lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def lines_of(self, request_id, at_least=1):
        """The lines of a request, as soon as there are so many."""

        def its_lines():
            found = [line for line in self.lines() if line["request_id"] == request_id]
            return found if len(found) >= at_least else None

        return wait_for(its_lines)


@pytest.fixture(scope="session")
def waiting():
    return wait_for


@pytest.fixture(scope="session")
def go(tool):
    """`go("vet", "./...", cwd=…)`: what the tool says; fails where it does."""
    path = tool("go")

    def run(*arguments, cwd=EXAMPLES / "go-service"):
        command = [path, *arguments]
        ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run


@pytest.fixture(scope="session")
def go_binary(go, tmp_path_factory):
    """The query-service, built once."""
    path = tmp_path_factory.mktemp("go") / "query-service"
    go("build", "-o", str(path), ".")
    return path


@pytest.fixture(scope="session")
def started():
    """`with started("name", argv, folder) as service`: a program that takes --port, from when it can be scraped."""

    @contextmanager
    def start(name, argv, folder, cwd=ROOT):
        port = free_port()
        log = folder / f"{name}.log"
        env = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        up = f"http://{LOOPBACK}:{port}/metrics"
        command = [*map(str, argv), "--port", str(port)]
        with running(command, log=log, until=lambda: answers(up), timeout=PATIENCE, env=env, cwd=cwd) as process:
            yield Service(name, port, log, process)

    return start


@pytest.fixture(scope="session")
def python_service(started):
    """`with python_service(folder, "--pause", "1") as service`; `source`: a copy of its folder."""

    def start(folder, *more, source=EXAMPLES / "python-service"):
        argv = [sys.executable, "-m", "ingestion", "--faults", "--data", folder / "assets", *more]
        return started("ingestion-service", argv, folder, source)

    return start


@pytest.fixture(scope="session")
def go_service(started, request):
    """`with go_service(folder) as service`; `binary`: another one than ours."""

    def start(folder, *more, binary=None):
        program = binary or request.getfixturevalue("go_binary")
        return started("query-service", [program, "-faults", *more], folder)

    return start


@pytest.fixture(scope="session")
def as_documented(started):
    """`with as_documented(folder) as service`."""

    def start(folder, *more):
        program = EXAMPLES / "as-documented" / "service.py"
        return started("as-documented", [sys.executable, program, *more], folder)

    return start


@pytest.fixture(scope="session")
def catalogue():
    """Name → metric, of what services export."""
    modules = [importlib.import_module(f"signals.{path.stem}") for path in (ROOT / "signals").glob("[!_]*.py")]
    metrics = {value.name: value for m in modules for value in vars(m).values() if isinstance(value, Metric)}
    return {name: metric for name, metric in metrics.items() if metric.job == SERVICES}


@pytest.fixture(scope="session")
def agreeing(catalogue):
    """`agreeing(exposition)`: the names of our own metrics in it, each as the catalogue (or another) declares it."""

    def check(text, declared=catalogue):
        names = set()
        for family in text_string_to_metric_families(text):
            if not family.name.startswith("dataflux_") or not family.samples:
                continue
            name = family.name + "_total" * (family.type == "counter")
            assert name in declared, f"{name} is not in the catalogue"
            metric = declared[name]
            assert family.type == metric.type, name
            assert family.documentation == metric.help, name
            for sample in family.samples:
                own = {"le"} if sample.name.endswith("_bucket") else set()
                assert set(sample.labels) == {*metric.labels, *own}, sample
            if isinstance(metric, Histogram):
                bounds = {float(sample.labels["le"]) for sample in family.samples if "le" in sample.labels}
                assert bounds == {*map(float, metric.buckets), math.inf}, name
            names.add(name)
        return names

    return check


@frozen
class Prometheus:
    """A Prometheus that runs; `files` is what is compiled for it, by path under monitoring/."""

    url: str
    files: dict

    def get(self, path, **parameters):
        with urllib.request.urlopen(f"{self.url}{path}?{urllib.parse.urlencode(parameters)}", timeout=20) as answer:
            return json.load(answer)["data"]

    def values(self, query):
        """{labels: value} of an instant query; what is no number is no data."""
        found = self.get("/api/v1/query", query=query)
        assert found["resultType"] == "vector", query
        values = {json.dumps(one["metric"], sort_keys=True): float(one["value"][1]) for one in found["result"]}
        return {labels: value for labels, value in values.items() if not math.isnan(value)}

    def queries(self, uid, title, **chosen):
        """The queries of the panels with that title, with everything chosen but what `chosen` says."""
        path = next(path for path in self.files if path.endswith(f"/{uid}.json"))
        page = json.loads(self.files[path])
        values = {v["name"]: v.get("allValue", "") for v in page["templating"]["list"]} | chosen
        values |= {"__rate_interval": "1m", "__range": "5m"}
        rows = (inner for panel in page["panels"] for inner in (panel, *panel.get("panels", ())))
        found = [t["expr"] for panel in rows if panel["title"] == title for t in panel.get("targets", ())]
        assert found, f"{uid} has no panel {title}"
        return [re.sub(r"\$(\w+)", lambda variable: values[variable[1]], query) for query in found]

    def empty(self, panels, **chosen):
        """Which of the panels, (uid, title), have a query without data."""
        return [
            (uid, title, query)
            for uid, title in panels
            for query in self.queries(uid, title, **chosen)
            if not self.values(query)
        ]

    def filled(self, panels, timeout=PATIENCE, **chosen):
        """Wait until each query of each panel has data."""
        end = time.monotonic() + timeout
        while missing := self.empty(panels, **chosen):
            assert time.monotonic() < end, f"no data after {timeout} s in:\n" + "\n".join(map(str, missing))
            time.sleep(0.5)

    def rule(self, alert):
        """The rule as Prometheus runs it."""
        groups = self.get("/api/v1/rules", type="alert")["groups"]
        return next(rule for group in groups for rule in group["rules"] if rule["name"] == alert)


@pytest.fixture(scope="session")
def prometheus(tool):
    """`with prometheus(folder, {"ingestion-service:8001": "127.0.0.1:12345"}) as running`: the real one, configured by
    what is compiled. Of the settings only the addresses are others; `more` changes what is said. `files`: compiled
    elsewhere."""
    program = tool("prometheus")

    @contextmanager
    def start(folder, reached_at, files=None, **more):
        port = free_port()
        if files is None:
            chosen = evolve(load.settings(ROOT / "settings.py"), reached_at=reached_at, **more)
            result, faults = compile_all(chosen, ROOT)
            assert not faults, faults
            files = result.files
        for path, text in files.items():
            (folder / "monitoring" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "monitoring" / path).write_text(text)
        argv = [
            program,
            f"--config.file={folder}/monitoring/prometheus/prometheus.yml",
            f"--storage.tsdb.path={folder}/tsdb",
            f"--web.listen-address={LOOPBACK}:{port}",
        ]
        ready = f"http://{LOOPBACK}:{port}/-/ready"
        log = folder / "prometheus.log"
        with running(argv, log=log, until=lambda: answers(ready), timeout=PATIENCE):
            yield Prometheus(f"http://{LOOPBACK}:{port}", files)

    return start


@pytest.fixture(scope="session")
def driven():
    """`with driven(call, …)`: each call again and again in the background, from different places at once."""

    @contextmanager
    def drive(*calls):
        enough = threading.Event()

        def go_on(call):
            n = 0
            while not enough.is_set():
                # What it answers is measured, not asserted.
                with suppress(OSError):
                    call(n)
                n += 1
                enough.wait(0.1)

        threads = [threading.Thread(target=go_on, args=(call,), daemon=True) for call in calls]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            enough.set()
            for thread in threads:
                thread.join(30)

    return drive


@pytest.fixture(scope="session")
def examples():
    """The folder; and a copy of one of its services."""
    skip = shutil.ignore_patterns("__pycache__")

    def copy(name, to):
        return shutil.copytree(EXAMPLES / name, to / "examples" / name, ignore=skip)

    return copy


@pytest.fixture(scope="session", autouse=True)
def no_proxy():
    """Nothing here leaves the loopback address."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower() in ("http_proxy", "all_proxy")]:
            patch.delenv(name)
        yield

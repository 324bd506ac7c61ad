"""A compiled build, and a bench on which a test breaks it in memory and hears what its law says to that."""

import marshal
from functools import cache
from pathlib import Path

import orjson
import pytest
import yaml
from attrs import evolve

from kit import load
from kit.check.build import Build
from kit.check.laws import laws
from kit.emit.text import yaml_text

INDEX = "docs/runbooks/README.md"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.fixture(scope="session")
def build(compiled):
    pages = frozenset(p.relative_to(load.ROOT).as_posix() for p in (load.ROOT / "docs/runbooks").glob("*.md"))
    index = {INDEX: (load.ROOT / INDEX).read_text()} if INDEX in pages else {}
    return Build(compiled.files, {**compiled.documents, **index}, compiled.product, pages)


@pytest.fixture(scope="session")
def of_the_whole(build):
    """`of_the_whole(rule)`: what a law says of the whole build; asked once."""
    return cache(lambda rule: frozenset(laws()[rule](build)))


@pytest.fixture
def bench(build, of_the_whole, request):
    """The law is the one that the test's module is named after."""
    rule = Path(request.module.__file__).stem.removeprefix("test_").replace("_", "-")
    return Bench(build, rule, of_the_whole(rule))


def copied(document):
    """A copy of what YAML held, all the way down."""
    return marshal.loads(marshal.dumps(document))


class Found:
    """What the law says of the broken build that it does not say of the whole one."""

    def __init__(self, findings, subject, rule):
        self.findings, self.subject, self.rule = findings, subject, rule

    def says(self, *parts, subject=None, at=".py"):
        """There is exactly one finding for each part, and it is about the subject and points to a source."""
        said = [f"{one.rule} {one.subject}: {one.message}" for one in self.findings]
        assert len(self.findings) == len(parts), said
        for part in parts:
            assert any(part in one.message for one in self.findings), (part, said)
        for one in self.findings:
            assert (one.rule, one.subject) == (self.rule, self.subject if subject is None else subject), said
            assert one.severity == "error"
            assert one.where.file.endswith(at), one.where
            assert one.message[-1] != "." and "\n" not in one.message

    def is_silent(self):
        assert not self.findings, self.findings


class Bench:
    """Breaks one thing at a time; every method takes a function that changes parsed JSON or YAML in place."""

    def __init__(self, build, rule, whole):
        self.build, self.rule, self.law, self.whole = build, rule, laws()[rule], whole

    def hear(self, broken, subject=None):
        return Found([one for one in self.law(broken) if one not in self.whole], subject, self.rule)

    def file(self, path, text, subject=None):
        read = {path: yaml.load(text, LOADER)} if path.endswith(".yml") else {}
        return self._files({**self.build.files, path: text}, {**self.build.yaml, **read}, subject)

    def without(self, path, subject=None):
        without = (
            {name: of for name, of in known.items() if name != path} for known in (self.build.files, self.build.yaml)
        )
        return self._files(*without, subject)

    def _files(self, files, read, subject):
        """Hear of other files; what those that stayed hold is read once, for parsing YAML is what takes the time."""
        broken = evolve(self.build, files=files)
        vars(broken).update(yaml=read, catalogue=self.build.catalogue)  # where cached_property keeps them
        return self.hear(broken, subject)

    def _document(self, path, document, subject):
        """Hear of a file that holds a document."""
        files = {**self.build.files, path: yaml_text(document, "a test")}
        return self._files(files, {**self.build.yaml, path: document}, subject)

    def product(self, subject=None, **changes):
        return self.hear(evolve(self.build, product=evolve(self.build.product, **changes)), subject)

    def site(self, subject=None, **changes):
        return self.product(subject, site=evolve(self.build.product.site, **changes))

    def settings(self, subject=None, **changes):
        return self.site(subject, settings=evolve(self.build.product.settings, **changes))

    def yaml(self, path, change, subject=None):
        document = copied(self.build.yaml[path])
        change(document)
        return self._document(path, document, subject)

    def board(self, change, where=lambda board: not board.landing, suffix=""):
        """Break the first dashboard that fits; `suffix` is what the subject has beside the title."""
        board = next(board for board in self.build.dashboards if where(board))
        json = orjson.loads(self.build.files[board.path])
        change(json)
        return self.file(board.path, orjson.dumps(json).decode(), (json.get("title") or board.path) + suffix)

    def panel(self, change, kind="timeseries", where=lambda panel: True, nested=False, board=lambda board: True):
        """Break the first panel of that kind that fits; `nested`: one in a closed row."""
        boards = (one for one in self.build.dashboards if board(one))
        for one in boards:
            json = orjson.loads(self.build.files[one.path])
            rows = [row.get("panels", []) for row in json["panels"]]
            for panel in [p for row in rows for p in row] if nested else json["panels"]:
                if panel["type"] == kind and where(panel):
                    change(panel)
                    subject = f"{json['title']} / {panel.get('title') or panel.get('type', '?')}"
                    return self.file(one.path, orjson.dumps(json).decode(), subject)
        raise LookupError(f"no {kind} fits")

    def grafana(self, change, name=None, where=lambda rule: True):
        """Break Grafana's form of a rule."""
        path = "grafana/provisioning/alerting/rules.yml"
        return self._rule(path, "title", change, name, where)

    def prometheus(self, change, name=None, where=lambda rule: True, key="alert"):
        """Break Prometheus's form of a rule."""
        for path, document in self.build.yaml.items():
            groups = document.get("groups", ()) if path.startswith("prometheus/rules/") else ()
            if any(name in (None, one.get(key)) and key in one and where(one) for g in groups for one in g["rules"]):
                return self._rule(path, key, change, name, where)
        raise LookupError(f"no rule {name}")

    def _rule(self, path, key, change, name, where):
        document = copied(self.build.yaml[path])
        rules = (rule for group in document["groups"] for rule in group["rules"] if key in rule)
        rule = next(one for one in rules if name in (None, one[key]) and where(one))
        subject = rule[key]
        change(rule)
        return self._document(path, document, rule.get(key, subject))

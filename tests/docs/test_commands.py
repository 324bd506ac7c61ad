"""Every command that a page shows is there: targets of make, commands and options of build.py, incidents."""

import importlib
import re

import pytest

from simulator.incident import incidents
from tests.docs.pages import ROOT, code, pages

PAGES = pages()
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))
COMMANDS = importlib.import_module("build").main.commands
MAKE = re.compile(r"(?:\$ )?(?:[A-Z_]+=\S+ )*make((?: [a-z0-9-]+)+)(?=[ |;&]|$)")
PLACEHOLDERS = {"name", "NAME"}


def unknown(text):
    """What is said in a page's code and is not there, in words."""
    for said in code(text):
        said = re.split(r"\s#\s", said)[0]
        if begins := MAKE.match(said):
            yield from (f"make {word}" for word in begins[1].split() if word not in TARGETS)
        for name, rest in re.findall(r"build\.py (?:--debug )?([a-z]+)([^|;&),]*)", said):
            yield from _unknown(name, rest)
        for name in re.findall(r"(?:INCIDENT=|--incident[ =])(\w+)", said):
            if name not in incidents() and name not in PLACEHOLDERS:
                yield f"incident {name}"


def _unknown(name, rest):
    if name not in COMMANDS:
        yield f"build.py {name}"
        return
    known = {option for one in COMMANDS[name].params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    yield from (f"build.py {name} {option}" for option in re.findall(r"\s(--[a-z-]+)", rest) if option not in known)


@pytest.mark.parametrize("path", sorted(PAGES))
def test_its_commands_are_there(path):
    assert list(unknown(PAGES[path])) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("`make dashbords`, `make dashboards publish`", ["make dashbords"]),
        ("```console\n$ GRAFANA_URL=x make plann | head\n```", ["make plann"]),
        ("`build.py alert --explain X`", ["build.py alert"]),
        ("`build.py alerts --explain X --value 7`", ["build.py alerts --value"]),
        ("`make demo INCIDENT=bad_deploi`, `INCIDENT=name`", ["incident bad_deploi"]),
        ("make sure that `x` is there", []),
    ],
)
def test_one_that_is_not_there_is_noticed(text, said):
    assert list(unknown(text)) == said


def test_it_finds_what_pages_show():
    shown = [said for text in PAGES.values() for said in code(text)]
    assert sum("make " in said for said in shown) > 40 and sum("build.py " in said for said in shown) > 30

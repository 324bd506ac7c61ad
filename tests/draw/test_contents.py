"""A dashboard module is a table of contents: no query, position, id, colour, unit or data source stands in it."""

import ast
import re
from pathlib import Path

import pytest

from kit.draw import style
from kit.model import unit

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "dashboards").rglob("*.py"))

FUNCTIONS = (
    r"i?rate|increase|delta|deriv|sum|avg|min|max|count|topk|bottomk|quantile|histogram_quantile|label_\w+|absent|changes"
    r"|resets|predict_linear|vector|scalar|clamp_\w+|round|group|\w+_over_time"
)
QUERY = re.compile(rf"\b({FUNCTIONS})\s?\(|\bby \(|\{{[^}}]*(=~|!=|!~|=)|\[(\d+[smhdwy]|\$)|\$__|\| json|\boffset \d")
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(")
COLOURS = {
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "text",
    "transparent",
    "white",
    "black",
    "grey",
    "gray",
}
PLACED = {
    "gridPos",
    "grid_pos",
    "pos",
    "x",
    "y",
    "w",
    "h",
    "id",
    "uid",
    "panel_id",
    "color",
    "colour",
    "colors",
    "unit",
}
SOURCES = {"prometheus", "loki", "Prometheus", "Loki", "${datasource}", "$datasource", "${logs}", "$logs", "grafana"}
UNITS = {one.grafana for one in vars(unit).values() if isinstance(one, unit.Unit)}


def prose(tree):
    """The module's docstring and the titles of rows, which may name anything."""
    first = tree.body[0]
    docstring = {first.value} if isinstance(first, ast.Expr) else set()
    return docstring.union(*(node.keys for node in ast.walk(tree) if isinstance(node, ast.Dict)))


def is_colour(text):
    return text in COLOURS | set(style.LINE_COLOURS.values()) or re.fullmatch(
        rf"(super-light|light|semi-dark|dark)-({'|'.join(COLOURS)})", text
    )


def stranger(node, passed):
    """Why a node of the syntax tree does not belong into a table of contents, or None; `passed` are not looked at."""
    if isinstance(node, ast.keyword) and node.arg in PLACED:
        return f"keyword {node.arg}="
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in passed:
        return None
    if QUERY.search(node.value):
        return f"a query: {node.value}"
    if HEX.search(node.value) or is_colour(node.value):
        return f"a colour: {node.value}"
    if node.value in SOURCES or "-- Grafana --" in node.value:
        return f"a data source: {node.value}"
    return f"a unit: {node.value}" if node.value in UNITS else None


def strangers(source):
    tree = ast.parse(source)
    passed = prose(tree)
    return [f"line {node.lineno}: {why}" for node in ast.walk(tree) if (why := stranger(node, passed))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_dashboard_module_says_only_what_stands_where(path):
    assert strangers(path.read_text()) == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.parent.name == "dashboards"], ids=lambda p: p.stem)
def test_a_dashboard_module_has_a_question_and_imports_no_more_than_names(path):
    tree = ast.parse(path.read_text())
    assert (ast.get_docstring(tree) or "").rstrip().endswith("?")
    allowed = {"signals", "dashboards.variables", "kit.draw.page", "kit.draw.panel"}
    assert {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} <= allowed
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.FunctionDef | ast.For | ast.If)]


@pytest.mark.parametrize(
    "line",
    [
        "stat('sum(rate(x_total[5m]))')",
        "stat('x{service=\"a\"}')",
        "stat('sum by (a) (x)')",
        "stat('x[$__rate_interval]')",
        "stat(a, title='max(x)')",
        "stat(a, gridPos=1)",
        "stat(a, id=4)",
        "stat(a, color='x')",
        "stat(a, 'red')",
        "stat(a, 'semi-dark-orange')",
        "stat(a, '#ff0000')",
        "stat(a, 'Prometheus')",
        "stat(a, '${datasource}')",
        "stat(a, 'percentunit')",
        "stat(a, unit=4)",
    ],
)
def test_what_does_not_belong_there_is_found(line):
    assert len(strangers(f'"""Why {{a="b"}}?"""\n\n{line}\n')) >= 1


@pytest.mark.parametrize(
    "line",
    [
        "stat(service.rate)",
        "stat(a, title='Query time (P90)')",
        "x('{alertname}')",
        "choice('service', every='.+')",
        "x({'Prometheus': [a]})",
    ],
)
def test_what_belongs_there_is_not(line):
    assert strangers(f'"""Why?"""\n{line}\n') == []

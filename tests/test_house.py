"""The rules of the house that a machine can hold (CONTRIBUTING.md)."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_machinery_knows_no_metric_of_dataflux():
    assert [path for path in (ROOT / "kit").rglob("*.py") if "dataflux_" in path.read_text()] == []


def test_the_machinery_imports_no_definition():
    defined = {"signals", "dashboards", "alerts", "settings"}
    for path in (ROOT / "kit").rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text()))
        names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        nodes = ast.walk(ast.parse(path.read_text()))
        names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
        assert not defined & {name.split(".")[0] for name in names}, path

"""What comes out has the shape that Grafana's own published types describe."""

import importlib.util
from pathlib import Path

import pytest
from grafanalib import core

from kit.check.schema import dashboard_problems
from kit.draw import stock

# The table of every class and what it is made with.
_PATH = Path(__file__).parents[1] / "test_stock.py"
_SPEC = importlib.util.spec_from_file_location("stock_classes", _PATH)
CLASSES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(CLASSES)

RECORDED_AGAINST, CHECKED_AGAINST = "13.1.0", "13.1.3"
TEMPLATES = [
    core.Template("v", "label_values(up, job)", default="a", multi=True, includeAll=True),
    core.Template("v", "label_values(pod)", dataSource="Loki"),
    core.Template("v", "a,B : b", type="custom"),
    core.Template("v", "prometheus", type="datasource", default="Prometheus"),
    core.Template("v", "1m,5m", type="interval", auto=True, default="auto"),
    core.Template("v", "", type="textbox", default="x"),
    core.Template("v", "x", type="constant", hide=2),
    core.Template("v", "", type="adhoc", dataSource="Loki"),
]


def problems(*panels, **more):
    given = core.Dashboard("D", uid="d", panels=list(panels), **more)
    board = stock.dashboard(given, datasources=CLASSES.SOURCES, plugin_version=RECORDED_AGAINST)
    return [str(each) for each in dashboard_problems(board, CHECKED_AGAINST)]


@pytest.mark.parametrize(("cls", "given"), [pytest.param(c, g, id=c.__name__) for c, (g, _) in CLASSES.DRAWN.items()])
def test_every_class_has_the_shape_of_its_kind(cls, given):
    assert problems(cls(**given)) == []
    assert problems(cls(gridPos=CLASSES.PLACE, title="T")) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.type)
def test_every_variable_has_the_shape_of_its_type(template):
    assert problems(templating=core.Templating([template])) == []


def test_a_dashboard_with_everything_has_the_shape():
    deploys = {"name": "deploys", "datasource": "-- Grafana --", "tags": ["x"], "type": "tags"}
    restarts = {"name": "restarts", "datasource": "Prometheus", "expr": "changes(x[1m])"}
    links = [core.DashboardLink(tags=["a"]), core.ExternalLink("https://e/", "x")]
    assert problems(annotations=core.Annotations([deploys, restarts]), links=links, description="d", tags=["t"]) == []


def test_the_check_itself_finds_what_grafanalib_emits():
    raw = {"title": "D", "panels": [{"type": "stat", "editable": True, "options": {"fieldOptions": {}}}]}
    assert len(list(dashboard_problems(raw, CHECKED_AGAINST))) > 1

"""The report, and the tables."""

import math

import orjson
import pytest

from kit.coverage import table, told
from kit.coverage.result import Cause, Coverage, Outcome, Result
from kit.model.fault import Where

DOWN = "job api has 1 target: 0 up, api:80 down"


def result(name, outcome=Outcome.EMPTY, board="Board", kind="panel", run="all", **more):
    return Result(board, name, kind, run, more.pop("query", "up"), outcome, Where("b.py", 3), **more)


def missing(metric):
    return Cause(metric, f"no target exports '{metric}'; {DOWN}", "down", DOWN)


def text(*results, strict=False, **more):
    found = Coverage(results, address="http://p:9090", version="3.0.0", at=1735732800, span=21600, asked=9, took=1.5)
    return told.text(found, lambda where: f"{where.file}:{where.line}", strict)


def test_when_all_is_well_it_is_short():
    said = text(result("A", Outcome.OK), result("A", Outcome.OK, run="defaults"), result("R", Outcome.OK, "rules"))
    assert said.splitlines() == [
        "Asked http://p:9090 (Prometheus 3.0.0) as of 2025-01-01 12:00:00 UTC, range 6h: 2 panels.",
        "3 queries (9 requests, 1.5 s): 3 ok.",
        "",
        "Every panel, variable, annotation and rule has data, or says why not.",
    ]


def test_metrics_that_are_missing_for_one_reason_are_one_explanation():
    said = text(
        result("A", causes=(missing("m1"),)),
        result("A", causes=(missing("m1"),), run="defaults"),
        result("B", causes=(missing("m2"), missing("m1")), words="no data now, but until 11:00 UTC"),
        result("C", board="Other", causes=(missing("m3"),)),
    )
    assert said.split("\n\n")[1].splitlines() == [
        f"No target exports 'm1', 'm2', 'm3'; {DOWN}",
        "  Board",
        "    A  b.py:3",
        "    B  b.py:3  no data now, but until 11:00 UTC",
        "  Other",
        "    C  b.py:3",
    ]


def test_many_metrics_and_many_panels_are_counted():
    said = text(*(result(f"P{n}", causes=(missing(f"m{n}"),)) for n in range(20)))
    assert "No target exports 'm0', 'm1', 'm2', 'm3' and 16 more; job api" in said
    assert "    … and 8 more" in said


def test_what_explains_the_most_stands_first():
    lonely = Cause("x", "'x' has no label 'y'", "label")
    said = text(result("L", causes=(lonely,)), *(result(f"P{n}", causes=(missing("m"),)) for n in range(3)))
    assert said.index("No target exports 'm'") < said.index("'x' has no label 'y'")


def test_an_annotation_of_every_dashboard_is_said_once():
    said = text(*(result("Marks", board=f"B{n}", kind="annotation", causes=(missing("m"),)) for n in range(3)))
    assert "  on 3 dashboards\n    Marks (annotation)  b.py:3\n" in said
    assert said.count("Marks") == 1


def test_what_fails_or_contradicts_is_told_in_its_words():
    said = text(
        result("F", Outcome.FAILED, words="parse error"), result("C", Outcome.CONTRADICTS, words="a share is 2")
    )
    assert "The query fails: parse error\n  Board\n    F  b.py:3" in said
    assert "A share is 2\n  Board\n    C  b.py:3" in said
    assert said.endswith("Not as it should be: 2 panels.")


def test_an_empty_query_without_a_reason_says_so():
    assert "No series, and nothing in the query says why" in text(result("E"))


def test_what_may_be_empty_is_listed_and_is_a_failure_when_strict():
    quiet = result("Q", Outcome.QUIET, words="no requests")
    idle = result(
        "N", Outcome.NOT_RUN, causes=(Cause("k", "no target exports 'k'; job k", "not run", "job k has none"),)
    )
    said = text(quiet, idle)
    assert "Quiet: empty, and that can be normal\n  no requests: Board: Q" in said
    assert "Not run here\n  job k has none: Board: N" in said
    assert said.endswith("has data, or says why not.")
    strict = text(quiet, idle, strict=True)
    assert "No requests\n  Board\n    Q  b.py:3" in strict
    assert strict.endswith("Not as it should be: 2 panels.")


def test_queries_of_other_sources_are_counted():
    assert "Not asked, for another data source answers them: 1 panel" in text(result("L", Outcome.NOT_ASKED))


def test_metrics_without_series_have_a_line_each():
    found = Coverage(
        (), {"m": "job api has no target", "n": "job api has no target"}, notes=("it does not tell its rules",)
    )
    said = told.text(found, str)
    assert "nothing exports: 2\n  m: job api has no target\n  n: job api has no target" in said
    assert "it does not tell its rules." in said


@pytest.mark.parametrize(("sample", "written"), [(1.5, 1.5), (math.inf, "inf"), (None, None)])
def test_json_has_every_result(sample, written):
    found = Coverage((result("A", sample=sample, causes=(missing("m"),)),), address="http://p")
    whole = orjson.loads(table.json(found, lambda where: "b.py:3"))
    assert whole["counts"]["empty"] == 1
    [row] = whole["results"]
    assert (row["sample"], row["where"], row["causes"][0]["kind"]) == (written, "b.py:3", "down")


def test_markdown_puts_what_is_wrong_first_and_bars_end_no_cell():
    found = Coverage((result("A", Outcome.OK), result("B|C", query='up{a=~"x|`y`"}', words="<none>")), {"m": "a|b"})
    lines = table.markdown(found, lambda where: "b.py:3").splitlines()
    assert lines[-2] == '| Board | B\\|C | panel | all | empty | 0 |  | &lt;none> | `` up{a=~"x\\|`y`"} `` | b.py:3 |'
    assert lines[-1].startswith("| Board | A | panel | all | ok |")
    assert "| `m` | a\\|b |" in lines

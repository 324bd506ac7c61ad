import pytest
from attrs import evolve

from kit.model.logql import Stream

LOGS = '{service=~".+"}'


def logs(board):
    return board.path.endswith("/df-logs.json")


@pytest.fixture
def ask(bench):
    def broken(text, kind="logs", legend=""):
        def change(panel):
            panel["targets"][0].update(expr=text, legendFormat=legend)

        return bench.panel(change, kind=kind, board=logs)

    return broken


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{service=~".+"', "has { without a partner"),
        (f"count_over_time({LOGS} [5m]", "has ( without a partner"),
        (f"count_over_time({LOGS} [5m))", "has ) without a partner"),
        (LOGS + ' |= "x', 'has " without a partner'),
        (LOGS + " |= `x", "has ` without a partner"),
        ('|= "x"', "selects no stream"),
        ("{}", "also matches no label at all"),
        ("{service}", "cannot be read"),
        ('{service="a" cluster="b"}', "cannot be read"),
        ('{service=~"$service",job="x"}', "no log stream has the label 'job'"),
        ('{servce=~".+"}', "no log stream has the label 'servce'; did you mean 'service'?"),
        ('{service=~".*"}', "also matches no label at all"),
        ('{service=""}', "also matches no label at all"),
        ('{service!="a"}', "also matches no label at all"),
        ('{service!~"a"}', "also matches no label at all"),
        ('{cluster=~"$cluster"}', "also matches no label at all"),
        ('{service=~"("}', "regular expression"),
        (LOGS + ' | level="ERROR"', "asks for the field 'level' before"),
        (LOGS + ' | json | levl="ERROR"', "no log line has the label or field 'levl'; did you mean 'level'?"),
        (LOGS + ' | level="ERROR" | json', "asks for the field 'level' before"),
        (LOGS + ' | json | level="ERROR" or nobody="x"', "field 'nobody'"),
        (f"sum by (level) (count_over_time({LOGS} [5m]))", "asks for the field 'level' before"),
        (f"quantile_over_time(0.9, {LOGS} | unwrap duration_ms [5m]) by (service)", "'duration_ms' before"),
        (f"sum by (nobody) (count_over_time({LOGS} | json [5m]))", "field 'nobody'"),
    ],
)
def test_it_says_what_is_wrong_with_a_query(ask, text, part):
    ask(text).says(part)


@pytest.mark.parametrize(
    "text",
    [
        LOGS,
        LOGS + ' |= "a { and ( that mean nothing" |~ `x|y` != "z"',
        '{service="$service"}',
        '{service=~"$service", cluster=~"$cluster",}',
        '{service!=""}',
        '{service!~""}',
        LOGS + ' | json | level=~"ERROR|WARN" | duration_ms > 100',
        LOGS + ' | json | line_format "{{.message}}" | label_format other=level',
        LOGS + " | json | unwrap duration_ms | __error__=``",
        LOGS + ' | service="x"',
        LOGS + " | logfmt | level=`ERROR`",
    ],
)
def test_what_loki_takes_passes(ask, text):
    ask(text).is_silent()


def test_a_legend_shows_labels_that_the_query_keeps(ask):
    text = f"sum by (service) (count_over_time({LOGS} [5m]))"
    ask(text, kind="timeseries", legend="{{level}}").says("shows {{level}}, a label that its query drops")
    ask(f"count_over_time({LOGS} [5m])", kind="timeseries", legend="{{level}}").is_silent()


def test_all_must_not_mean_no_label_at_all(bench):
    def change(board):
        for one in board["templating"]["list"]:
            if one["name"] == "service":
                one["allValue"] = ".*"

    found = bench.board(change, where=logs)
    asked = [panel for panel in bench.build.dashboards if logs(panel)][0].panels
    assert len(found.findings) == sum(len(panel.queries) for panel in asked)
    assert all("with All chosen" in one.message for one in found.findings)


def test_all_counts_only_where_it_can_be_chosen(bench):
    def change(board):
        for one in board["templating"]["list"]:
            if one["name"] == "service":
                one.update(allValue=".*", includeAll=False)

    bench.board(change, where=logs).is_silent()


HOSTS = Stream("hosts", labels="host", fields="level size")


@pytest.mark.parametrize(
    "line",
    [HOSTS.lines(), HOSTS.count(), HOSTS.quantile(0.9, "size")],
)
def test_streams_are_found_in_lines_of_every_form(bench, line):
    site = bench.build.product.site
    page = next(page for page in site.pages if page.stem == "logs")
    shown = page.drawn[0]
    view = evolve(shown.view, signal=evolve(shown.view.signal, lines={"": line}))
    pages = (evolve(page, rows={"Hosts": [evolve(shown, views=(view,))]}),)
    # The dashboards' own queries ask for labels that this stream does not have, and only for those.
    messages = [one.message for one in bench.site(pages=pages).findings if "no log stream has" in one.message]
    assert {message.split("'")[1] for message in messages} == {"cluster", "environment", "service"}

    files = {path: text.replace("service=~", "host=~") for path, text in bench.build.files.items()}
    broken = evolve(bench.build, files=files, product=evolve(bench.build.product, site=evolve(site, pages=pages)))
    assert "no log stream has the label 'host'" not in str(list(bench.law(broken)))

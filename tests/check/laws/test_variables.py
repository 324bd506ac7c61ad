import pytest


def add(text):
    return lambda panel: panel["targets"][0].update(expr=panel["targets"][0]["expr"] + text)


@pytest.mark.parametrize("text", ["$servic", "${servic}", "${servic:regex}", "[[servic]]"])
def test_a_query_that_uses_what_is_not_defined(bench, text):
    def serves(board):
        return any(one["name"] == "service" for one in board.json["templating"]["list"])

    bench.panel(add(f" # {text}"), board=serves).says(
        "it uses $servic, which the dashboard does not define; did you mean 'service'?"
    )


def test_a_misspelt_variable_of_grafanas_own(bench):
    bench.panel(add(" # $__rate_intervall")).says("did you mean '__rate_interval'?")


@pytest.mark.parametrize(
    "change",
    [
        lambda panel: panel.update(title="Errors of $nobody"),
        lambda panel: panel.update(links=[{"title": "x", "url": "/d/x?${nobody:queryparam}"}]),
        lambda panel: panel["fieldConfig"]["defaults"].update(links=[{"title": "x", "url": "/d/x?var-x=${nobody}"}]),
    ],
)
def test_titles_and_links_use_what_is_defined(bench, change):
    bench.panel(change).says("it uses $nobody")


def test_a_link_or_annotation_of_a_dashboard_uses_what_is_defined(bench):
    bench.board(lambda board: board["links"][0].update(url="/d/x?${nobody:queryparam}")).says("it uses $nobody")
    bench.board(lambda board: board["annotations"]["list"][1].update(expr="up{job='$nobody'}")).says("it uses $nobody")


def test_a_variable_that_nobody_uses(bench):
    bench.board(define(name="colour", query="label_values(up, job)"), suffix=" / $colour").says(
        "no query, title or repeat"
    )


def test_a_variable_that_only_links_carry_on(bench):
    def change(board):
        define(name="colour", query="label_values(up, job)")(board)
        board["panels"][1]["links"] = [{"title": "x", "url": "/d/df-overview?${colour:queryparam}"}]

    bench.board(change, suffix=" / $colour").says("so choosing does nothing")


def define(used=False, first=False, **values):
    def change(board):
        query = {"qryType": 1, "query": values.pop("query"), "refId": "V"}
        source = {"type": "prometheus", "uid": "${datasource}"}
        one = {"type": "query", "query": query, "refresh": 2, "datasource": source, "multi": False, **values}
        board["templating"]["list"].insert(0 if first else 99, one)
        if used:
            board["panels"][1]["title"] = f"Of ${one['name']}"

    return change


def test_a_repeat_names_a_variable_with_several_values(bench):
    bench.panel(lambda panel: panel.update(repeat="nobody")).says("it repeats for 'nobody', which is not defined")
    bench.panel(lambda panel: panel.update(repeat="datasource")).says("which takes one value only")
    bench.panel(lambda panel: panel.update(repeat="cluster")).is_silent()


@pytest.mark.parametrize(
    ("values", "part"),
    [
        (
            {"query": "label_values(up, jobb)"},
            "it asks for the label 'jobb', which up does not have; did you mean 'job'?",
        ),
        ({"query": "label_values(upp, job)"}, "no job exports 'upp'; did you mean 'up'?"),
        ({"query": 'label_values(up{jobb="x"}, job)'}, "up has no label 'jobb'"),
        ({"query": "label_values(up{, job)"}, "PromQL cannot be read"),
        ({"query": "up"}, "is no label_values(metric, label)"),
        ({"query": "label_values(up, job)", "refresh": 1}, "not refreshed when the time range changes"),
    ],
)
def test_what_a_variable_asks_exists(bench, values, part):
    bench.board(define(used=True, name="colour", **values), suffix=" / $colour").says(part)


def test_a_counter_may_be_asked_for_its_labels(bench):
    query = "label_values(dataflux_requests_total, endpoint)"
    bench.board(define(used=True, name="colour", query=query), suffix=" / $colour").is_silent()


def test_a_variable_asks_only_those_before_it(bench):
    change = define(used=True, first=True, name="colour", query='label_values(up{cluster=~"$cluster"}, job)')
    bench.board(change, suffix=" / $colour").says("its query uses $cluster, which is not defined before it")


def test_two_variables_of_one_name(bench):
    change = define(name="cluster", query="label_values(up, cluster)")
    bench.board(change, suffix=" / $cluster").says("another variable has its name")


def test_a_name_that_queries_cannot_say(bench):
    found = bench.board(define(name="my-colour", query="label_values(up, job)"), suffix=" / $my-colour")
    found.says("other characters than letters", "no query, title or repeat")

import pytest


def model(ref, **values):
    def change(rule):
        next(node for node in rule["data"] if node["refId"] == ref)["model"].update(values)

    return change


def widened(rule):
    """It has more than query, reduction and threshold."""
    return rule["condition"] == "Z"


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (lambda rule: rule.update(condition="X"), ["its condition 'X' names no query"]),
        (lambda rule: rule.pop("condition"), ["its condition '' names no query"]),
        (lambda rule: rule.update(condition="B"), ["compares with nothing", "query C is asked for nothing"]),
        (lambda rule: rule.update(condition="A"), ["compares with nothing", "query B is asked", "query C is asked"]),
        (model("B", expression="Q"), ["its query B refers to Q, which does not exist", "query A is asked for nothing"]),
        (model("C", expression="C"), ["refers to itself", "query A is asked", "query B is asked"]),
        (model("B", expression="C"), ["refers to itself", "query A is asked for nothing"]),
        (lambda rule: rule["data"].append(rule["data"][0]), ["that of another ('A')"]),
        (lambda rule: rule["data"].append({"refId": ""}), ["a query has no refId", "query  is asked for nothing"]),
        (lambda rule: rule["data"].append({**rule["data"][0], "refId": "Y"}), ["query Y is asked for nothing"]),
        (
            lambda rule: rule["annotations"].update(description="{{ $values.X.Value }}"),
            ["shows the value of X, which does not exist"],
        ),
    ],
)
def test_it_says_where_the_graph_comes_apart(bench, change, parts):
    bench.grafana(change, where=lambda rule: not widened(rule)).says(*parts)


@pytest.mark.parametrize(
    ("expression", "part"),
    [("$C + ${Q}", "refers to Q"), ("$C + $B", "compares with nothing")],
)
def test_formulas_are_read_too(bench, expression, part):
    found = bench.grafana(model("Z", expression=expression), where=widened)
    assert any(part in one.message for one in found.findings), found.findings
    assert {one.subject for one in found.findings} == {found.subject}


def test_a_query_that_compares_by_itself_may_be_the_condition(bench):
    def change(rule):
        rule["data"] = rule["data"][:1]
        rule["data"][0]["model"]["expr"] = "sum(up) > 1"
        rule.update(condition="A", annotations={})

    bench.grafana(change).is_silent()


def test_a_query_that_cannot_be_read_decides_nothing(bench):
    def change(rule):
        rule["data"] = rule["data"][:1]
        rule["data"][0]["model"]["expr"] = "sum(up"
        rule.update(condition="A", annotations={})

    bench.grafana(change).says("compares with nothing")

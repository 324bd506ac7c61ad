"""What a rule asks and how it judges the answer, read from either form: so that both can be compared.

Queries are compared parsed: promql_parser's `prettify` writes one text for all ways to write the same.

A rule of Prometheus has no word for what an error does, nor for when what vanished is over: it always keeps what it
knows (test_on_error.py), and ends with the first evaluation without the series (test_state_machines.py).
"""

import re

import promql_parser as promql
from attrs import fields, frozen
from promql_parser import BinaryExpr

from kit.model.words import number, seconds
from tests.alerts.machine import settings_of

SIGNS = {"gt": ">", "lt": "<"}
# What may stand over the thresholds: the level, what alerts as well (H), and the bound of a warning (E).
CONDITIONS = {"$C > 0 && $E < 1", "($C > 0 || $H > 0)", "($C > 0 || $H > 0) && $E < 1"}


@frozen
class Verdict:
    """`also`: a second query that alerts, with its direction and level; `hold` and `keep` in seconds.

    `nothing`: the selectors whose absence alerts, too; and whether no data at all does. `error`: what a query does that
    cannot be run, `keep` or `alerting`. `missing`: at which evaluation without its series, while others have one, an
    instance is over.
    """

    query: str
    sign: str
    level: float
    also: tuple[str, str, float] | None
    hold: int
    keep: int
    nothing: tuple[frozenset[str], bool]
    error: str
    missing: int


def differences(grafana, prometheus):
    """Field → (Grafana's, Prometheus's), where the two forms of a rule judge differently."""
    pairs = {one.name: (getattr(grafana, one.name), getattr(prometheus, one.name)) for one in fields(Verdict)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def canonical(query):
    """One text for all ways to write a query."""
    return promql.parse(query).prettify()


# --- Prometheus


def of_prometheus(rule):
    """The verdict of a rule in Prometheus's form."""
    first, *others = alternatives(promql.parse(rule["expr"]))
    query, sign, level = comparison(first)
    also = [one for one in others if str(one.op) == "and"] if all(isinstance(o, BinaryExpr) for o in others) else []
    nothing = frozenset(absent_of(one, query) for one in others if one not in also)
    assert len(also) < 2, f"{rule['alert']} alerts in more than two ways"
    for one in also:
        assert unbracketed(one.lhs).prettify() == query, f"{rule['alert']} widens another query than its own"
    return Verdict(
        query=query,
        sign=sign,
        level=level,
        also=comparison(one.rhs) if (one := next(iter(also), None)) else None,
        hold=seconds(rule.get("for", "0s")),
        keep=seconds(rule.get("keep_firing_for", "0s")),
        nothing=(nothing, bool(nothing)),
        error="keep",
        missing=1,
    )


def alternatives(node):
    """`a or b or c` → a, b, c; what alerts."""
    node = unbracketed(node)
    if isinstance(node, BinaryExpr) and str(node.op) == "or":
        return [*alternatives(node.lhs), *alternatives(node.rhs)]
    return [node]


def unbracketed(node):
    """What stands in the brackets."""
    return unbracketed(node.expr) if isinstance(node, promql.ParenExpr) else node


def comparison(node):
    """`query > level` → both, and the direction."""
    node = unbracketed(node)
    assert isinstance(node, BinaryExpr) and str(node.op) in SIGNS.values(), node.prettify()
    return unbracketed(node.lhs).prettify(), str(node.op), literal(node.rhs)


def literal(node):
    """A number, perhaps with a sign."""
    return float(node.prettify())


ABSENT = re.compile(r"absent\(\s*([^()]*?)\s*\) \* 0")
PLACE = ('cluster="dataflux"', 'environment="production"')


def absent_of(node, query):
    """The selector whose absence is taken for 0: one that the query reads, in the place that the rules are for."""
    [asked] = ABSENT.findall(node.prettify())
    everywhere = asked
    for matcher in PLACE:
        assert matcher in asked, f"{asked} is there where any place has it"
        everywhere = everywhere.replace(f"{matcher},", "")
    assert everywhere in query, f"{asked} is not what {query} reads"
    return asked


# --- Grafana


def of_grafana(rule):
    """The verdict of a rule in Grafana's form; the upper bound of a warning (D, E) aside."""
    models = {node["refId"]: node["model"] for node in rule["data"]}
    whole, sign, level = threshold(models, "C")
    first, *others = alternatives(promql.parse(whole))
    stands_for_nothing = [one for one in others if ABSENT.fullmatch(one.prettify())]
    query = unbracketed(first).prettify() if stands_for_nothing == others != [] else whole
    nothing = frozenset(absent_of(one, query) for one in stands_for_nothing)
    also = None
    if rule["condition"] != "C":
        written = models[rule["condition"]]["expression"]
        assert written in CONDITIONS, f"{rule['title']}: {written}"
        if "$H" in written:
            also = widened(threshold(models, "H"), query, level=threshold(models, "H")[2])
    return Verdict(
        query=query,
        sign=sign,
        level=level,
        also=also,
        hold=seconds(rule.get("for", "0s")),
        keep=seconds(rule.get("keepFiringFor", "0s")),
        nothing=(nothing, rule["noDataState"] == "Alerting"),
        error={"KeepLast": "keep", "Alerting": "alerting"}[rule["execErrState"]],
        missing=settings_of(rule).missing,
    )


def threshold(models, ref):
    """Query, direction and level of a threshold; through a reduction to the last value."""
    compared = models[ref]
    reduced = models[compared["expression"]]
    assert (compared["type"], reduced["type"], reduced["reducer"]) == ("threshold", "reduce", "last")
    [condition] = compared["conditions"]
    [level] = condition["evaluator"]["params"]
    asked = models[reduced["expression"]]
    assert asked["instant"] and not asked["range"]
    return unbracketed(promql.parse(asked["expr"])).prettify(), SIGNS[condition["evaluator"]["type"]], float(level)


def widened(compared, query, level):
    """What alerts as well: joined with the rule's own series, and neutral (at its level) where it has none itself."""
    whole, sign, _ = compared
    node = unbracketed(promql.parse(whole))
    joined = isinstance(node, BinaryExpr) and str(node.op) == "or"
    joined = joined and unbracketed(node.rhs).prettify() == canonical(f"({query}) * 0 + {number(level)}")
    return unbracketed(node.lhs).prettify() if joined else whole, sign, level

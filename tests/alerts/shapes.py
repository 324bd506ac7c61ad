"""What the condition of an alert looks like, without its names and numbers: alerts of one shape behave alike.

Read from both compiled forms. What makes no difference to when an instance is there, crosses its level, or is gone is
left out: which labels it is grouped and named by, whether a gauge is added up or the highest counts, how long a window
is, and sums of what is there together.
"""

import promql_parser as promql

from tests.alerts.verdict import alternatives, unbracketed

NUMBER = "number"
COUNTED = {"rate": "rate", "increase": "increase", "predict_linear": "course"}
BOTH = {"+", "-"}


def shape_of(prometheus, grafana):
    """The shape of an alert's two forms, in words and signs: `rate / (rate > n) > n, no data alerts`."""
    first, *others = alternatives(promql.parse(prometheus["expr"]))
    said = [_look(first)]
    nothing = [one for one in others if "absent" in _look(one)]
    said += [f"or {_look(one)}" for one in others if one not in nothing]
    if any("_over_time" in node["model"].get("expr", "") for node in grafana["data"]):
        said.append("until the critical one fires")
    if nothing or grafana["noDataState"] != "OK":
        said.append("no data alerts")
    if grafana["execErrState"] != "KeepLast":
        said.append("an error alerts")
    if not prometheus.get("for"):
        said.append("at once")
    return ", ".join(said)


def _look(node):
    """The shape of a part of a query."""
    node = unbracketed(node)
    kind = type(node).__name__
    if kind == "BinaryExpr":
        return _operated(node)
    if kind == "AggregateExpr":
        within = _look(node.expr)
        return f"count({within})" if str(node.op) in ("count", "group") else within
    if kind == "Call":
        return _called(node)
    if kind == "VectorSelector":
        return "recorded" if ":" in (node.name or "") else NUMBER
    return {"NumberLiteral": "n", "MatrixSelector": NUMBER}[kind]


def _called(node):
    name = node.func.name
    if name == "label_replace":
        return _look(node.args[0])
    if name == "vector":
        return "always"
    if name in COUNTED:
        return COUNTED[name]
    return f"{name}({', '.join(_look(one) for one in node.args)})".replace("(n, ", "(")


def _operated(node):
    sign = str(node.op)
    left, right = (_look(one) for one in (node.lhs, node.rhs))
    if sign == "or":
        ways = list(dict.fromkeys(_look(one) for one in alternatives(node)))
        many = len(alternatives(node)) > len(ways)
        return f"any of ({' | '.join(ways)})" if many or len(ways) > 1 else ways[0]
    if sign in BOTH and (left == right or "n" in (left, right)):
        return right if left == "n" else left
    return " ".join((_bracketed(left), sign, _bracketed(right)))


def _bracketed(text):
    return f"({text})" if " " in text and not text.endswith(")") or ") " in text else text

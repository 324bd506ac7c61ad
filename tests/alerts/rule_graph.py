"""The queries and expressions of Grafana's rules: what their condition is, for what Prometheus answers."""

import re


def queries(rule):
    """What is asked of Prometheus, in order."""
    return [node["model"]["expr"] for node in rule["data"] if "expr" in node["model"]]


def evaluated(rule, answers):
    """The condition's value for each set of labels, from `answers`: query → {labels: value}."""
    found = {}
    for node in rule["data"]:
        model = node["model"]
        if "expr" in model:
            found[node["refId"]] = answers[model["expr"]]
        elif model["type"] == "reduce":
            assert model["reducer"] == "last"
            found[node["refId"]] = found[model["expression"]]
        elif model["type"] == "threshold":
            [condition] = model["conditions"]
            [level] = condition["evaluator"]["params"]
            above = {"gt": True, "lt": False}[condition["evaluator"]["type"]]
            crossed = {who: (x > level if above else x < level) for who, x in found[model["expression"]].items()}
            found[node["refId"]] = {who: float(is_so) for who, is_so in crossed.items()}
        else:
            found[node["refId"]] = joined(model["expression"], found)
    return found[rule["condition"]]


def joined(expression, found):
    """Grafana's math: series are joined by their labels, and those that one side lacks are dropped."""
    asked = re.findall(r"\$(\w)", expression)
    known = set.intersection(*(set(found[ref]) for ref in asked))
    python = re.sub(r"\$(\w)", r"v['\1']", expression).replace("&&", " and ").replace("||", " or ")
    return {who: float(eval(python, {"v": {ref: found[ref][who] for ref in asked}})) for who in known}

"""What a message of an alert says at a value: its compiled annotations, filled in as Prometheus fills them in."""

import re

from kit.emit.alert_text import PROMETHEUS, said
from kit.model.alert import Rule
from kit.model.humanize import FUNCTIONS

_VALUE = re.compile(r"\{\{ \$value \| ([^}]+) \}\}")
_LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")


def told(rule: Rule, value: float) -> str:
    """The description at a value; labels stay `{queue}`, but for those that the rule itself fixes."""
    fixed = {match.label: match.value for match in rule.where if match.op == "="}
    text = _VALUE.sub(lambda found: FUNCTIONS[found[1]](value), said(rule, PROMETHEUS))
    return _LABEL.sub(lambda found: fixed.get(found[1], f"{{{found[1]}}}"), text)

"""What the texts of alerts are given: types with their fields, functions and variables, by evaluator.

https://prometheus.io/docs/prometheus/latest/configuration/template_reference/,
https://grafana.com/docs/grafana/latest/alerting/alerting-rules/templates/reference/
"""

from kit.check.parts.message_data import GO, MANY, NUMBER, OTHER, TEXT, Offered, Takes

_ALERT = "the alert"
_LACKS = "no function there"
_LABELS = {OTHER: TEXT}

# Those of Prometheus 2.42: later ones (`now`, `toDuration`) would not render in every Prometheus that reads the rules.
_BOTH: Takes = {
    **GO,
    **dict.fromkeys(("humanize", "humanize1024", "humanizePercentage", "humanizeDuration"), (1, 1)),
    **dict.fromkeys(("humanizeTimestamp", "toTime", "parseDuration"), (1, 1)),
    **dict.fromkeys(("title", "toUpper", "toLower", "stripPort", "stripDomain", "safeHtml"), (1, 1)),
    **dict.fromkeys(("graphLink", "tableLink", "first", "value", "strvalue"), (1, 1)),
    **dict.fromkeys(("match", "label", "sortByLabel"), (2, 2)),
    **dict.fromkeys(("pathPrefix", "externalURL"), (0, 0)),
    "reReplaceAll": (3, 3),
    "args": (0, MANY),
}
PROMETHEUS = Offered(
    _ALERT,
    {
        _ALERT: {"Labels": "labels", "ExternalLabels": "labels", "ExternalURL": TEXT, "Value": NUMBER},
        "labels": _LABELS,
        TEXT: {},
        NUMBER: {},
    },
    {**_BOTH, "query": (1, 1)},
    _LACKS,
    {"$labels": "labels", "$externalLabels": "labels", "$externalURL": TEXT, "$value": NUMBER},
)
# Grafana runs no `query`: it would give nothing.
GRAFANA = Offered(
    _ALERT,
    {
        _ALERT: {"Labels": "labels", "Values": "values", "Value": TEXT},
        "labels": _LABELS,
        "values": {OTHER: "a value"},
        "a value": {"Labels": "labels", "Value": NUMBER},
        TEXT: {},
        NUMBER: {},
    },
    {
        **_BOTH,
        **dict.fromkeys(("filterLabels", "filterLabelsRe", "removeLabels", "removeLabelsRe"), (2, 2)),
        "mergeLabelValues": (1, 1),
    },
    _LACKS,
    {"$labels": "labels", "$values": "values", "$value": TEXT},
)

"""What the templates of messages are given: types with their fields, and the functions that both evaluators know.

https://prometheus.io/docs/alerting/latest/notifications/,
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/template-notifications/reference/
"""

from collections.abc import Mapping

# Type → field → its type. ANY is what nothing is known of.
ANY, TEXT, DATA = "anything", "a text", "the message"
Types = Mapping[str, Mapping[str, str]]

_ALERT = {"Status": TEXT, "Labels": "labels", "Annotations": "labels", "StartsAt": "a time", "EndsAt": "a time",
          "GeneratorURL": TEXT, "Fingerprint": TEXT}  # fmt: skip
_DATA = {"Receiver": TEXT, "Status": TEXT, "Alerts": "alerts", "GroupLabels": "labels", "CommonLabels": "labels",
         "CommonAnnotations": "labels", "ExternalURL": TEXT}  # fmt: skip
ALERTMANAGER: Types = {
    DATA: _DATA,
    "alerts": {"Firing": "alerts", "Resolved": "alerts"},
    "an alert": _ALERT,
    # Any other name is a label's, and its value a text.
    "labels": {"SortedPairs": "pairs", "Remove": "labels", "Names": "texts", "Values": "texts"},
    "pairs": {"Names": "texts", "Values": "texts"},
    "texts": {},
    "a pair": {"Name": TEXT, "Value": TEXT},
    TEXT: {},
}
GRAFANA: Types = {
    **ALERTMANAGER,
    DATA: {**_DATA, "GroupKey": TEXT, "TruncatedAlerts": ANY},
    "an alert": {
        **_ALERT,
        "SilenceURL": TEXT,
        "DashboardURL": TEXT,
        "PanelURL": TEXT,
        "Values": ANY,
        "ValueString": TEXT,
        "ImageURL": TEXT,
        "EmbeddedImage": TEXT,
        "OrgID": ANY,
    },  # fmt: skip
}
# What `range` goes through.
ELEMENTS = {"alerts": "an alert", "pairs": "a pair", "texts": TEXT, "labels": TEXT}
# Go's own, and those that Alertmanager 0.25 and Grafana both have.
FUNCTIONS = frozenset((
    "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "print", "printf", "println",
    "html", "js", "urlquery", "call",
    "toUpper", "toLower", "title", "join", "match", "safeHtml", "reReplaceAll", "stringSlice",
))  # fmt: skip
CONSTANTS = frozenset(("true", "false", "nil"))

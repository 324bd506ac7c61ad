"""What templates are given: types with their fields, functions, variables. Here that of messages, see alert_data.

https://prometheus.io/docs/alerting/latest/notifications/,
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/template-notifications/reference/
"""

from collections.abc import Mapping

from attrs import field, frozen

# Type → field → its type. ANY is what nothing is known of; OTHER is any field that is not named.
ANY, TEXT, NUMBER, DATA, OTHER = "anything", "a text", "a number", "the message", "*"
Types = Mapping[str, Mapping[str, str]]
# Function → how many arguments it takes at least, and at most.
Takes = Mapping[str, tuple[int, int]]
MANY = 99


@frozen
class Offered:
    """What an engine offers. `dot`: the type of what a text is given. `lacks`: what a name without a function is."""

    dot: str
    types: Types
    takes: Takes
    lacks: str
    variables: Mapping[str, str] = field(factory=dict)


_ALERT = {"Status": TEXT, "Labels": "labels", "Annotations": "labels", "StartsAt": "a time", "EndsAt": "a time",
          "GeneratorURL": TEXT, "Fingerprint": TEXT}  # fmt: skip
_DATA = {"Receiver": TEXT, "Status": TEXT, "Alerts": "alerts", "GroupLabels": "labels", "CommonLabels": "labels",
         "CommonAnnotations": "labels", "ExternalURL": TEXT}  # fmt: skip
_ALERTMANAGER: Types = {
    DATA: _DATA,
    "alerts": {"Firing": "alerts", "Resolved": "alerts"},
    "an alert": _ALERT,
    # Any other name is a label's, and its value a text.
    "labels": {"SortedPairs": "pairs", "Remove": "labels", "Names": "texts", "Values": "texts", OTHER: TEXT},
    "pairs": {"Names": "texts", "Values": "texts"},
    "texts": {},
    "a pair": {"Name": TEXT, "Value": TEXT},
    TEXT: {},
}
_GRAFANA: Types = {
    **_ALERTMANAGER,
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
ELEMENTS = {"alerts": "an alert", "pairs": "a pair", "texts": TEXT, "labels": TEXT, "values": "a value"}
# Go's own: https://pkg.go.dev/text/template#hdr-Functions.
GO: Takes = {
    **dict.fromkeys(("and", "or", "index", "printf", "call"), (1, MANY)),
    **dict.fromkeys(("not", "len"), (1, 1)),
    **dict.fromkeys(("ne", "lt", "le", "gt", "ge"), (2, 2)),
    **dict.fromkeys(("print", "println", "html", "js", "urlquery"), (0, MANY)),
    "eq": (2, MANY),
    "slice": (1, 4),
}
# And those that Alertmanager 0.25 and Grafana both have.
_MESSAGES: Takes = {
    **GO,
    **dict.fromkeys(("toUpper", "toLower", "title", "safeHtml"), (1, 1)),
    **dict.fromkeys(("join", "match"), (2, 2)),
    "reReplaceAll": (3, 3),
    "stringSlice": (0, MANY),
}
CONSTANTS = frozenset(("true", "false", "nil"))
_LACKS = "no function that both evaluators know"
ALERTMANAGER = Offered(DATA, _ALERTMANAGER, _MESSAGES, _LACKS)
GRAFANA = Offered(DATA, _GRAFANA, _MESSAGES, _LACKS)

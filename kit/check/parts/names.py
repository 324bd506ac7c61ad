"""Grafana's variables in texts: which names stand there, and which of them Grafana fills in by itself."""

import re
from collections.abc import Iterator

# https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables and, for links,
# https://grafana.com/docs/grafana/latest/panels-visualizations/configure-data-links/#data-link-variables
BUILT_IN = frozenset(
    {
        "__all_variables",
        "__auto",
        "__dashboard",
        "__data",
        "__field",
        "__from",
        "__interval",
        "__interval_ms",
        "__name",
        "__org",
        "__range",
        "__range_ms",
        "__range_s",
        "__rate_interval",
        "__rate_interval_ms",
        "__searchFilter",
        "__series",
        "__timeFilter",
        "__timezone",
        "__to",
        "__url_time_range",
        "__user",
        "__value",
        "timeFilter",
    }
)

_NAME = re.compile(r"\$\{([A-Za-z_]\w*)[^}]*\}|\$([A-Za-z_]\w*)|\[\[([A-Za-z_]\w*)(?::\w+)?\]\]")


def names(text: str) -> Iterator[str]:
    """The names of the variables in a text, `$x`, `${x:csv}` and `[[x]]`."""
    for found in _NAME.finditer(text):
        yield found[1] or found[2] or found[3]


def filled(text: str, values: dict[str, str], other: str) -> str:
    """The text with its variables replaced: by what `values` says, else by `other`."""
    return _NAME.sub(lambda found: values.get(found[1] or found[2] or found[3], other), text)


_LEGEND = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")


def legend_labels(text: str) -> tuple[str, ...]:
    """The labels that a legend or an annotation's text names: `{{service}} P95`."""
    return tuple(_LEGEND.findall(text))

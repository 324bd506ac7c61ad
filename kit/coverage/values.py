"""Values of variables in query texts, written the way Grafana's Prometheus data source writes them.

https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/; the escaping is `prometheusRegularEscape`
and `prometheusSpecialRegexEscape` of @grafana/prometheus.
"""

import json
import re
from collections.abc import Callable, Mapping

from attrs import frozen

_NAME = re.compile(r"\$\{(\w+)(?::(\w+)[^}]*)?\}|\$([A-Za-z_]\w*)|\[\[(\w+)(?::(\w+))?\]\]")
_SPECIAL = re.compile(r"[$^*{}\[\]+?.()|]")


@frozen
class Chosen:
    """What is chosen of a variable.

    `several`: it is multi-value, or has All: its values are escaped, for they stand behind =~. `listed`: the value is
    a list, even if of one. `literal`: what its author wrote for All, which stands as it is.
    """

    values: tuple[str, ...] = ()
    several: bool = False
    listed: bool = False
    literal: str | None = None


Values = Mapping[str, Chosen]


def filled(text: str, values: Values, built_in: Mapping[str, str]) -> str:
    """The text with its variables replaced; a name that nobody knows stays, as in Grafana."""

    def replaced(found: re.Match[str]) -> str:
        name = found[1] or found[3] or found[4]
        if name in values:
            return _written(values[name], found[2] or found[5] or "", values, built_in)
        return built_in.get(name, found[0])

    return _NAME.sub(replaced, text)


def _written(chosen: Chosen, form: str, values: Values, built_in: Mapping[str, str]) -> str:
    if chosen.literal is not None:
        # What stands for All can name other variables; itself it cannot.
        others = {name: value for name, value in values.items() if value is not chosen}
        return "All" if form == "text" else filled(chosen.literal, others, built_in)
    return _FORMS.get(form, _plain)(chosen) if form else by_default(chosen)


def by_default(chosen: Chosen) -> str:
    """`$x` in a query of Prometheus."""
    if not chosen.several:
        return ",".join(value.replace("\\", "\\\\").replace("'", "\\\\'") for value in chosen.values)
    escaped = [_SPECIAL.sub(r"\\\\\g<0>", value.replace("\\", "\\\\\\\\")) for value in chosen.values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _regex(chosen: Chosen) -> str:
    escaped = [re.sub(r"[\\^$*+?.()|\[\]{}/]", r"\\\g<0>", value) for value in chosen.values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _glob(chosen: Chosen) -> str:
    several = len(chosen.values) > 1
    return f"{{{','.join(chosen.values)}}}" if several else "".join(chosen.values)


def _json(chosen: Chosen) -> str:
    value = list(chosen.values) if chosen.listed else "".join(chosen.values)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _quoted(sign: str) -> Callable[[Chosen], str]:
    return lambda chosen: ",".join(f"{sign}{v.replace(sign, chr(92) + sign)}{sign}" for v in chosen.values)


def _plain(chosen: Chosen) -> str:
    return ",".join(chosen.values)


_FORMS: Mapping[str, Callable[[Chosen], str]] = {
    "regex": _regex,
    "pipe": lambda chosen: "|".join(chosen.values),
    "csv": _plain,
    "raw": _plain,
    "text": lambda chosen: " + ".join(chosen.values),
    "glob": _glob,
    "json": _json,
    "singlequote": _quoted("'"),
    "doublequote": _quoted('"'),
}

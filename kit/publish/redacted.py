"""What is secret in data sources and contact points though Grafana shows it: it is never kept, saved or shown. Pure.

Grafana hides its own secure settings as [REDACTED]. The same word stands here for what people put elsewhere: a login
within an address, a query's token, the values of headers, whatever stands under a key that is called like a secret,
and the whole address of a hook.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

HIDDEN = "[REDACTED]"
# The part of a kind's content that people fill; of a contact point's secrets only the state is told anyway.
_FILLED = {"data source": ("url", "jsonData"), "contact point": ("settings",)}
_KEY = re.compile(
    r"passw|passphrase|secret|token|credential|authorization|bearer|header(?!_?names?\d*$)"
    r"|(api|access|private|client|integration|user|service|account|routing|shared|signing)[-_ ]?key",
    re.IGNORECASE,
)
# Called like a secret, and only about one: tokenUrl, secretName.
_ABOUT = re.compile(r"(url|uri|type|name)$", re.IGNORECASE)
_HOOK = re.compile(r"url|.*hook.*", re.IGNORECASE)
# A login before the host; a password with / ? # in it is no port.
_LOGIN = re.compile(r"(?<=://)([^\s/?#]*@|[^\s/?#:@]+:(?!\d{1,5}(?:[/?#]|$))\S*@)")
_PARAMETER = re.compile(
    r"((?:^|[?&#;])[^=&?#\s]*(?:key|token|secret|passw|pwd|auth|sig)[^=&?#\s]*=)([^&#\s]+)", re.IGNORECASE
)
_GONE = re.compile(r"(?:^|(?<=[?&#;]))[^=&?#;\s]*=\[REDACTED\]&?")
_SHORTEST = 8
_NOTHING = object()
See = Callable[[str], object]


def hidden(kind: str, content: Any, see: See = lambda secret: None) -> Any:
    """The content of an object with [REDACTED] for each secret; `see` is called with each."""
    if kind not in _FILLED or not isinstance(content, Mapping):
        return content
    made = dict(content)
    for part in _FILLED[kind]:
        if part in made:
            made[part] = _hidden(made[part], see, hooks=kind == "contact point")
    return made


def secrets(kind: str, content: Any) -> list[str]:
    """Every secret of a content that is longer than a word which Grafana uses itself."""
    found: list[str] = []
    hidden(kind, content, found.append)
    return [one for one in found if len(one) >= _SHORTEST]


def filled(kept: Any, there: Any) -> tuple[Any, tuple[str, ...]]:
    """What was kept, with its secrets as they are there now; the names of those that are there no more.

    Those are left out, and [REDACTED] is never a part of another text: an address comes back without its login.
    """
    lost: list[str] = []
    made = _filled(kept, there, (), lost)
    return (type(kept)() if made is _NOTHING else made), tuple(lost)


def _hidden(value: Any, see: See, *, whole: bool = False, hooks: bool = False) -> Any:
    """`whole`: all below is secret; `hooks`: so is an address that stands alone."""
    if isinstance(value, Mapping):
        return {
            key: _hidden(one, see, whole=whole or _is_secret(key) or (hooks and bool(_HOOK.fullmatch(key))))
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_hidden(one, see, whole=whole) for one in value]
    if isinstance(value, bool) or value in (None, "", HIDDEN):
        return value
    if whole:
        see(str(value))
        return HIDDEN
    return _text(value, see) if isinstance(value, str) else value


def _is_secret(key: str) -> bool:
    return bool(_KEY.search(key)) and not _ABOUT.search(key)


def _text(text: str, see: See = lambda secret: None) -> str:
    """A text without the logins and tokens of addresses in it."""

    def login(match: re.Match[str]) -> str:
        see(match[1].removesuffix("@"))
        see(match[1].removesuffix("@").partition(":")[2])
        return f"{HIDDEN}@"

    def parameter(match: re.Match[str]) -> str:
        see(match[2])
        return f"{match[1]}{HIDDEN}"

    return _PARAMETER.sub(parameter, _LOGIN.sub(login, text))


def _filled(kept: Any, there: Any, at: tuple[str, ...], lost: list[str]) -> Any:
    if isinstance(kept, Mapping):
        pairs = {
            key: _filled(one, there.get(key) if isinstance(there, Mapping) else None, (*at, key), lost)
            for key, one in kept.items()
        }
        made = {key: one for key, one in pairs.items() if one is not _NOTHING}
        return made if made or not kept else _NOTHING
    if isinstance(kept, list):
        others = there if isinstance(there, list) and len(there) == len(kept) else [None] * len(kept)
        both = [_filled(one, other, at, lost) for one, other in zip(kept, others, strict=True)]
        return [one for one in both if one is not _NOTHING]
    if not isinstance(kept, str) or HIDDEN not in kept:
        return kept
    if kept == HIDDEN and there not in (None, ""):
        return there
    if isinstance(there, str) and _text(there) == kept:
        return there
    lost.append(" ".join(at))
    return _NOTHING if kept == HIDDEN else _GONE.sub("", kept.replace(f"{HIDDEN}@", "")).rstrip("?&#;")

"""How a setting is checked: what is wrong with a value is said in words, with what to do; nothing where nothing is.

The checks of particular kinds (an address, a duration, …) are in setting_kinds.py.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from kit.model.words import nearest

Check = Callable[[Any], str]
# Control characters, those of formats (zero width, direction of writing), and separators of lines.
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")


class BadSetting(ValueError):
    """A setting that cannot be: one sentence. `name`: which."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name}: {sentence}")
        self.name = name


def must(check: Check) -> Callable[[Any, Any, Any], None]:
    """A validator of attrs: raises BadSetting with what the check finds."""

    def validator(_: Any, attribute: Any, value: Any) -> None:
        if wrong := check(value):
            raise BadSetting(attribute.name, wrong)

    return validator


def text(value: Any) -> str:
    """Text with something to read in it, and nothing that cannot be seen."""
    if not isinstance(value, str):
        return f"{value!r} is no text; write it in quotes"
    if not value.strip():
        return "it is empty; write what it is (settings.py says what for)"
    if value != value.strip() or any(unicodedata.category(sign) in _UNSEEN for sign in value):
        return "it has white space at an end, or signs that cannot be seen; write it without them"
    return ""


def form(pattern: str, meant: str) -> Check:
    """Text of a form; `meant` goes on after `'…' is no`: what it should be, and what to write."""
    found = re.compile(pattern)
    return lambda value: text(value) or ("" if found.fullmatch(value) else f"'{value}' is no {meant}")


def one_of(*words: str) -> Check:
    """One of these words."""

    def check(value: Any) -> str:
        return "" if value in words else f"{value!r} is none of {', '.join(words)}{nearest(str(value), words)}"

    return check


def each(check: Check, *, least: int = 0) -> Check:
    """A tuple of so many at least, each once, of which each is right."""

    def whole(value: Any) -> str:
        if not isinstance(value, tuple):
            return f"{value!r} is no tuple; write ('…',), with a comma also where there is only one"
        if len(value) < least:
            return f"it is empty; name at least {least}"
        twice = next((one for at, one in enumerate(value) if one in value[:at]), None)
        if twice is not None:
            return f"{twice!r} stands in it twice; leave one out"
        return next((wrong for one in value if (wrong := check(one))), "")

    return whole


def mapping(keys: Check, values: Check) -> Check:
    """A dict, of which every key and every value is right."""

    def whole(value: Any) -> str:
        if not isinstance(value, Mapping):
            return f"{value!r} is no dict; write {{'…': '…'}}"
        return next((wrong for pair in value.items() if (wrong := keys(pair[0]) or values(pair[1]))), "")

    return whole


def scale(value: Any) -> str:
    """A number from 1 on."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if known and 1 <= value < math.inf else f"{value!r} is no number from 1 on; write 1 for what is real"


def yes_or_no(value: Any) -> str:
    """True or False."""
    return "" if isinstance(value, bool) else f"{value!r} is neither True nor False; write one of them"

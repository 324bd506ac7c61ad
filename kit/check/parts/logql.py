"""LogQL, as far as it can be told without a parser: balance, stream selectors, stages.

The grammar: https://grafana.com/docs/loki/latest/query/log_queries/
"""

import re
from collections.abc import Iterator

from attrs import frozen

_STRING = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_MATCHER = re.compile(r'\s*(\w+)\s*(=~|!~|!=|=)\s*("(?:\\.|[^"\\])*"|`[^`]*`)\s*')
_FILTER = re.compile(r"([A-Za-z_]\w*)\s*(?:=~|!~|!=|==|=|>=|<=|>|<)")
_BY = re.compile(r"\bby\s*\(([^)]*)\)")
_CLOSES = {")": "(", "]": "[", "}": "{"}
PARSERS = frozenset({"json", "logfmt", "pattern", "regexp", "unpack"})
WRITERS = frozenset({"line_format", "label_format", "decolorize", "drop", "keep"})


@frozen
class Matcher:
    """One matcher of a stream selector."""

    label: str
    sign: str
    value: str

    def takes_nothing(self, value: str) -> bool:
        """Whether it also matches a stream without the label, `value` standing for its own. Raises re.error."""
        if self.sign in ("=", "!="):
            return (value == "") == (self.sign == "=")
        return (re.fullmatch(value, "") is not None) == (self.sign == "=~")


@frozen
class Stage:
    """One step after the selector: `parses` fields out of the line, or asks for a `label`."""

    parses: bool = False
    label: str = ""


def unbalanced(text: str) -> str | None:
    """The bracket or quote that has no partner."""
    code = _STRING.sub("", text)
    if quote := re.search(r'["`]', code):
        return quote.group()
    waiting: list[str] = []
    for letter in code:
        if letter in _CLOSES.values():
            waiting.append(letter)
        elif letter in _CLOSES and (not waiting or waiting.pop() != _CLOSES[letter]):
            return letter
    return waiting[-1] if waiting else None


def hidden(text: str) -> str:
    """The text at the same length, with what stands in strings made unreadable, so that structure can be found."""
    return _STRING.sub(lambda found: f'"{"_" * (len(found.group()) - 2)}"', text)


def selectors(text: str) -> Iterator[tuple[Matcher, ...] | None]:
    """The matchers of each stream selector; None for one that cannot be read."""
    for found in re.finditer(r"\{[^{}]*\}", hidden(text)):
        yield _matchers(text[found.start() + 1 : found.end() - 1])


def _matchers(body: str) -> tuple[Matcher, ...] | None:
    read: list[Matcher] = []
    place = 0
    while body[place:].strip():
        found = _MATCHER.match(body, place)
        if not found or (read and body[place - 1] != ","):
            return None
        read.append(Matcher(found[1], found[2], found[3][1:-1].replace('\\"', '"').replace("\\\\", "\\")))
        # A comma after the last one is allowed.
        place = found.end() + (body[found.end() : found.end() + 1] == ",")
    return tuple(read)


def stages(text: str) -> Iterator[Stage]:
    """What each pipeline does, in order; line filters and formatting are left out."""
    for pipe in re.finditer(r"\|\s*([^|\[\]]*)", hidden(text)):
        words = pipe[1].strip()
        first = re.match(r"\w*", words)
        name = first.group() if first else ""
        if name in PARSERS:
            yield Stage(parses=True)
        elif name == "unwrap":
            yield Stage(label=re.sub(r"unwrap\s+(?:\w+\((\w+)\)|(\w+)).*", r"\1\2", words))
        elif name not in WRITERS and not words.startswith(("=", "~")):
            yield from (Stage(label=label) for label in _FILTER.findall(words))


def groups(text: str) -> frozenset[str] | None:
    """The labels that a metric query is grouped by; None for log lines, and where nothing groups."""
    found = _BY.findall(hidden(text))
    return frozenset(label.strip() for part in found for label in part.split(",") if label.strip()) if found else None

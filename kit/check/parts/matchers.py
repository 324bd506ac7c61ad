"""What a route wants, read alike from Grafana's policies and from Alertmanager's routes.

https://prometheus.io/docs/alerting/latest/configuration/#matcher
"""

import re
from collections.abc import Iterator

from attrs import frozen

from kit.check.build import Json

_TEXT = re.compile(r'\s*(\w+)\s*(=~|!~|!=|=)\s*"?([^"]*)"?\s*')


@frozen
class Matcher:
    """One matcher of a route: `severity = "critical"`."""

    label: str
    sign: str
    value: str

    def wants(self, value: str) -> bool:
        """Whether it lets a label's value through; a label that is absent is empty."""
        same = re.fullmatch(self.value, value) is not None if "~" in self.sign else self.value == value
        return same != self.sign.startswith("!")

    def __str__(self) -> str:
        return f"{self.label}{self.sign}{self.value}"


def readable(text: str) -> bool:
    """Whether Alertmanager can read a matcher that is written as text."""
    return _TEXT.fullmatch(text) is not None


def matchers(route: Json) -> Iterator[Matcher]:
    """The matchers of a route; one that cannot be read is left out."""
    yield from (Matcher(*matcher) for matcher in route.get("object_matchers") or ())
    for text in route.get("matchers") or ():
        if read := _TEXT.fullmatch(text):
            yield Matcher(read[1], read[2], read[3])

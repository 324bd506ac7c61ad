"""Which series of a metric are asked for: matchers of labels, and how a reading names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Op = Literal["=", "!=", "=~", "!~"]


@dataclass(frozen=True, order=True)
class Match:
    """One matcher of a selector: `status=~"5.."`."""

    label: str
    op: Op
    value: str

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.label}{self.op}"{escaped}"'


@dataclass(frozen=True)
class Value:
    """What a matcher asks for where it is not plain equality; made by `re`, `no` and `no_re`."""

    op: Op
    text: str


def re(pattern: str) -> Value:
    """`status=re("5..")`: the label matches the whole regular expression."""
    return Value("=~", pattern)


def no(text: str) -> Value:
    """`mode=no("idle")`: the label is anything else."""
    return Value("!=", text)


def no_re(pattern: str) -> Value:
    """`fstype=no_re("tmpfs|overlay")`: the label does not match."""
    return Value("!~", pattern)


def matchers(asked: Mapping[str, str | Value]) -> tuple[Match, ...]:
    """Keyword arguments of a reading, as matchers; a plain string asks for equality."""
    pairs = ((label, value if isinstance(value, Value) else Value("=", value)) for label, value in asked.items())
    return tuple(Match(label, value.op, value.text) for label, value in pairs)


def selector(found: Iterable[Match]) -> str:
    """Matchers in braces, sorted by label and without doubles; an empty string when there is none."""
    unique = sorted(set(found))
    return "{" + ",".join(map(str, unique)) + "}" if unique else ""

"""When a rule fires, in words: from its signal, unit and level, and from the expression that it looks at."""

from collections.abc import Iterable, Iterator, Sequence

from kit.model.alert import Rule
from kit.model.expr import LATEST
from kit.model.matcher import Match
from kit.model.signal import Level


def crosses(level: Level, value: float) -> bool:
    """Whether the value is beyond the level; a value that is just the level is not."""
    return value > level.value if level.above else value < level.value


def words(rule: Rule) -> str:
    """`Errors (5xx) of any service above 5 % over 5m, of at least 20`."""
    level, unit = rule.alert.level, rule.alert.signal.unit
    assert unit is not None  # a signal without a unit has been reported, and nothing is written then
    bad = [name for value, name, _ in unit.names if crosses(level, value)]
    told = (
        f"{subject(rule)}: {' or '.join(bad)}"
        if bad
        else f"{subject(rule)} {level.direction} {unit.words(level.value)}"
    )
    if windows := over(rule):
        told += f" over {' and '.join(windows)}"
    if level.at_least:
        told += f", of at least {level.at_least:g}"
    if level.also:
        line, value = level.also
        told += f", or {line} {level.direction} {unit.words(value)}"
    return told


def subject(rule: Rule) -> str:
    """What is looked at, and of what: `Queue depth of any queue but reindex`."""
    signal, line = rule.alert.signal, rule.alert.level.line
    named = f"{signal.title} ({line})" if line else signal.title
    parts = tuple(_parts(signal.per, rule.where))
    return f"{named} of {' and '.join(parts)}" if parts else named


def _parts(per: tuple[str, ...], where: Iterable[Match]) -> Iterator[str]:
    found: dict[str, list[Match]] = {label: [] for label in per}
    for match in where:
        found.setdefault(match.label, []).append(match)
    if any_of := [label for label, matches in found.items() if not matches]:
        yield f"any {listed(any_of)}"
    for label, matches in found.items():
        if only := [match.value for match in matches if match.op == "="]:
            yield f"the {label} {only[0]}"
        elif matches:
            yield f"any {label} but {listed([match.value for match in matches])}"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def over(rule: Rule) -> tuple[str, ...]:
    """How far back the query looks; empty where it looks at what is there now."""
    read = (leaf.window or rule.alert.level.window for leaf in rule.leaves if leaf.function not in ("", LATEST))
    return tuple(dict.fromkeys(read))

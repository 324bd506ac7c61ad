"""Results by what is wrong: one missing metric that empties twelve panels is one explanation with its twelve panels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from kit.coverage.result import Cause, Outcome, Result

# How many metrics a heading names.
NAMED = 4
# On so many dashboards a variable or an annotation is said once.
MANY = 3
NO_REASON = "no series, and nothing in the query says why"


@frozen
class Group:
    """An explanation, and the results that it explains, each panel once."""

    heading: str
    results: tuple[Result, ...]


def groups(results: Iterable[Result]) -> tuple[Group, ...]:
    """The explanations, those of the most panels first; a result stands below each of its causes."""
    found: dict[tuple[str, str], list[tuple[Cause | None, Result]]] = {}
    for one in results:
        for key, cause in _keys(one):
            found.setdefault(key, []).append((cause, one))
    made = [Group(_heading(key[1], members), _once(one for _, one in members)) for key, members in found.items()]
    return tuple(sorted(made, key=lambda group: -len(group.results)))


def _keys(one: Result) -> Iterator[tuple[tuple[str, str], Cause | None]]:
    if one.outcome in (Outcome.FAILED, Outcome.CONTRADICTS):
        yield (one.outcome, one.words), None
        return
    for cause in one.causes:
        yield (cause.kind, cause.because or cause.sentence), cause
    if not one.causes:
        words = NO_REASON if one.outcome is Outcome.EMPTY else one.words or NO_REASON
        yield (one.outcome, words), None


def _heading(text: str, members: list[tuple[Cause | None, Result]]) -> str:
    cause, first = members[0]
    if cause is None:
        return f"the query fails: {text}" if first.outcome is Outcome.FAILED else text
    names = list(dict.fromkeys(one.subject for one, _ in members if one))
    if not cause.because or len(names) < 2:
        return cause.sentence
    shown = ", ".join(f"'{name}'" for name in names[:NAMED])
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"no target exports {shown}{more}; {cause.because}"


def _once(results: Iterable[Result]) -> tuple[Result, ...]:
    found: dict[tuple[str, str, str], Result] = {}
    for one in results:
        found.setdefault((one.board, one.kind, one.name), one)
    return tuple(found.values())


def by_board(results: Sequence[Result]) -> Mapping[str, list[Result]]:
    """Dashboard's title → its results, in order; what is on many dashboards stands first, and once."""
    boards: dict[tuple[str, str], set[str]] = {}
    for one in results:
        boards.setdefault((one.kind, one.name), set()).add(one.board)
    found: dict[str, list[Result]] = {}
    for one in sorted(results, key=lambda result: not _everywhere(result, boards)):
        count = len(boards[one.kind, one.name])
        board = f"on {count} dashboards" if _everywhere(one, boards) else one.board
        if board == one.board or one.name not in {other.name for other in found.get(board, ())}:
            found.setdefault(board, []).append(one)
    return found


def _everywhere(one: Result, boards: Mapping[tuple[str, str], set[str]]) -> bool:
    """Whether it is a variable or an annotation that many dashboards share."""
    return one.kind in ("variable", "annotation") and len(boards[one.kind, one.name]) >= MANY

"""What `coverage` prints: a line of counts, then only what is wrong, by its reason, and what that means."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from kit.coverage.grouped import by_board, groups
from kit.coverage.result import Coverage, Outcome, Result
from kit.coverage.span import duration
from kit.model.fault import Where

Place = Callable[[Where], str]
# How many panels of a dashboard stand below one reason.
SHOWN = 12


def text(found: Coverage, place: Place, strict: bool = False) -> str:
    """The whole report. `place` writes where something was defined."""
    wrong = found.wrong(strict)
    spared = [] if strict else [*_quiet(found), *_not_run(found)]
    parts = [_counts(found), *_wrong(wrong, place), *_metrics(found), *spared, *_notes(found), _closing(wrong, strict)]
    return "\n".join(parts)


def _counts(found: Coverage) -> str:
    who = f"{found.address} (Prometheus {found.version})" if found.version else found.address
    kinds = Counter((one.board, one.kind, one.name) for one in found.results)
    number = Counter(kind for _, kind, _ in kinds)
    things = ", ".join(_many(number[kind], kind) for kind in KINDS if number[kind])
    outcomes = Counter(one.outcome for one in found.results)
    counts = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in Outcome if outcomes[outcome])
    at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(found.at))
    return (
        f"Asked {who} as of {at}, range {duration(found.span)}: {things}.\n"
        f"{len(found.results)} queries ({found.asked} requests, {found.took:.1f} s): {counts}."
    )


KINDS = ("panel", "variable", "annotation", "recording rule", "alerting rule")


def _many(count: int, kind: str) -> str:
    return f"{count} {kind}{'s' if count != 1 else ''}"


def _wrong(wrong: Iterable[Result], place: Place) -> Iterator[str]:
    for group in groups(wrong):
        yield f"\n{group.heading[:1].upper()}{group.heading[1:]}"
        for board, results in by_board(group.results).items():
            yield f"  {board}"
            yield from (_line(one, place, group.heading) for one in results[:SHOWN])
            if len(results) > SHOWN:
                yield f"    … and {len(results) - SHOWN} more"


def _line(one: Result, place: Place, heading: str) -> str:
    said = one.words if one.words and one.words not in heading else ""
    kind = "" if one.kind in ("panel", "variable") or one.board == "rules" else f" ({one.kind})"
    return f"    {one.name}{kind}  {place(one.where)}" + (f"  {said}" if said else "")


def _metrics(found: Coverage) -> Iterator[str]:
    if found.missing:
        yield f"\nMetrics that something reads and nothing exports: {len(found.missing)}"
        yield from (f"  {name}: {because}" for name, because in found.missing.items())


def _quiet(found: Coverage) -> Iterator[str]:
    quiet = found.of(Outcome.QUIET)
    if quiet:
        yield "\nQuiet: empty, and that can be normal"
        for words, results in _by_words(quiet):
            yield f"  {words}: {'; '.join(_named(results))}"


def _named(results: Sequence[Result]) -> Iterator[str]:
    """`System Overview: Errors, Searches`."""
    for board, members in by_board(results).items():
        yield f"{board}: {', '.join(dict.fromkeys(one.name for one in members))}"


def _by_words(results: Iterable[Result]) -> Iterator[tuple[str, list[Result]]]:
    found: dict[str, list[Result]] = {}
    for one in results:
        found.setdefault(one.words, []).append(one)
    yield from found.items()


def _not_run(found: Coverage) -> Iterator[str]:
    jobs: dict[str, list[Result]] = {}
    for one in found.of(Outcome.NOT_RUN):
        jobs.setdefault(one.causes[0].because, []).append(one)
    if jobs:
        yield "\nNot run here"
        yield from (f"  {because}: {'; '.join(_named(results))}" for because, results in jobs.items())


def _notes(found: Coverage) -> Iterator[str]:
    if found.down:
        yield f"\nTargets that are not up: {', '.join(found.down)}"
    not_asked = dict.fromkeys(one.subject for one in found.of(Outcome.NOT_ASKED))
    if not_asked:
        yield f"\nNot asked, for another data source answers them: {_many(len(not_asked), 'panel')}"
    yield from (f"\n{found.address}: {note}." for note in found.notes)


def _closing(wrong: tuple[Result, ...], strict: bool) -> str:
    if not wrong:
        return f"\nEvery panel, variable, annotation and rule has data{'' if strict else ', or says why not'}."
    number = Counter(kind for _, kind, _ in {(one.board, one.kind, one.name) for one in wrong})
    things = ", ".join(_many(number[kind], kind) for kind in KINDS if number[kind])
    return f"\nNot as it should be: {things}."

"""What happened, as a person reads it: plain text, no colours. Nothing is printed here."""

from collections.abc import Iterator, Mapping, Sequence

from kit.live.web import without_secrets
from kit.publish import exits
from kit.publish.model import Plan, Report
from kit.publish.outcome import Outcome
from kit.publish.tell import counted, lines
from kit.publish.tell.plain import aligned, cut, flat, plain

# Sign with word, kind, key, title: so wide at least, so that plans look alike.
_LEAST = (9, 9, 16, 19)
# So many lines of what was written are shown; the plan and the run's folder have all of them.
_SHOWN = 40
_SENTENCE = 100
_WORDS = {
    exits.OK: "ok", exits.ERROR: "error", exits.USAGE: "usage", exits.PREFLIGHT: "preflight",
    exits.PARTIAL: "partial", exits.CONFLICT: "conflict", exits.FOREIGN: "foreign",
    exits.DIFFERENT: "different", exits.INTERRUPTED: "interrupted",
}  # fmt: skip
# Of several targets the worst speaks for all.
_WORST = (
    exits.INTERRUPTED, exits.ERROR, exits.USAGE, exits.PREFLIGHT, exits.CONFLICT, exits.FOREIGN, exits.PARTIAL,
    exits.DIFFERENT, exits.OK,
)  # fmt: skip


def text(
    outcome: Outcome, commit: str, build: str, titles: Mapping[str, str] | None = None, seconds: float | None = None
) -> str:
    """How a command ended for one target. `titles` maps uids of folders to titles, `seconds` is how long it took."""
    if outcome.command == "pull" and outcome.code == exits.OK:
        return "\n".join(plain(line) for line in outcome.sentence.split("\n"))
    head, end = _header(outcome, commit, build), [*_notes(outcome), *_ending(outcome)]
    plan = outcome.plan
    if plan is None:
        return _blocks([head], end)
    if not plan.steps:
        return "\n".join((f"{head}  {_nothing(outcome, plan)}{_took(outcome, seconds)}.", *end))
    rows, counts = _body(outcome, plan, lines.titles_of(plan, titles or {}))
    return _blocks([head], rows, [f"{counts}.{_unwritten(outcome)}", *_run(outcome, seconds), *end])


def fleet(outcomes: Sequence[Outcome]) -> str:
    """A line for each target: its name and address, how it ended, what it counted, and what is wrong."""
    return "\n".join(aligned([_in_fleet(one) for one in outcomes]))


def worst(outcomes: Sequence[Outcome]) -> int:
    """The exit code of all of them."""
    codes = {outcome.code for outcome in outcomes} or {exits.OK}
    return next((code for code in _WORST if code in codes), exits.ERROR)


def _in_fleet(one: Outcome) -> lines.Row:
    ended = _WORDS.get(one.code, str(one.code))
    return flat(one.target.name), _host(one), ended, counted.short(one), cut(flat(one.sentence), _SENTENCE)


def _blocks(*blocks: Sequence[str]) -> str:
    """Lines, with an empty one between the blocks."""
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _header(outcome: Outcome, commit: str, build: str) -> str:
    parts = [outcome.command, f"target={outcome.target.name}", _host(outcome)]
    if server := outcome.server:
        parts += [f'org {server.org} "{flat(server.org_name)}"', f"Grafana {server.version}"]
    if build:
        parts.append(f"build {build[:7]}")
    if outcome.command == "publish" and commit:
        parts.append(f"commit {commit[:7]}")
    return "  ".join(map(flat, parts))


def _host(outcome: Outcome) -> str:
    url = without_secrets(outcome.target.url)
    return flat(url.partition("://")[2] or url)


def _body(outcome: Outcome, plan: Plan, titles: lines.Titles) -> tuple[list[str], str]:
    """The lines of steps or results, and how many there are of each."""
    if outcome.command == "drift":
        return _lines(lines.of_drift(plan, titles)), counted.short(outcome)
    if outcome.report is None or not outcome.report.results:
        return _lines(lines.of_plan(plan, titles)), counted.planned(plan)
    return _results(plan, outcome.report, titles), counted.written(plan, outcome.report)


def _lines(rows: Sequence[lines.Row]) -> list[str]:
    return [f"  {line}" for line in aligned(rows, _LEAST)]


def _results(plan: Plan, report: Report, titles: lines.Titles) -> list[str]:
    """What was written, shortened; everything that was not; what the plan left alone."""
    written = lines.of_results(report.of("written"), titles)
    rest = (one for outcome in ("failed", "unknown", "not tried", "there") for one in report.of(outcome))
    other = lines.of_results([*rest], titles)
    shown = _lines([*written[:_SHOWN], *other, *lines.of_rest(plan, titles)])
    more = len(written) - _SHOWN
    return [*shown[:_SHOWN], f"  … and {more} more", *shown[_SHOWN:]] if more > 0 else shown


def _unwritten(outcome: Outcome) -> str:
    return "" if outcome.report and outcome.report.results else " Nothing was written."


def _nothing(outcome: Outcome, plan: Plan) -> str:
    what = "nothing was changed in Grafana" if outcome.command == "drift" else "nothing to do"
    return f"{what}, {counted.same(plan)}"


def _run(outcome: Outcome, seconds: float | None) -> Iterator[str]:
    if outcome.report and outcome.report.run:
        yield f"run {flat(outcome.report.run)}{_took(outcome, seconds)}"


def _took(outcome: Outcome, seconds: float | None) -> str:
    if seconds is None or outcome.command not in ("publish", "rollback"):
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f", {minutes} min {rest} s" if minutes else f", {seconds:.1f} s"


def _notes(outcome: Outcome) -> list[str]:
    told = (*outcome.notes, *(outcome.plan.notes if outcome.plan else ()))
    return [f"note: {flat(note)}" for note in dict.fromkeys(told)]


def _ending(outcome: Outcome) -> Iterator[str]:
    """What is wrong, and the way back where something was written."""
    report, back = outcome.report, ""
    if report and not report.results and outcome.code == exits.OK:
        return  # the counts say that nothing was written
    if report and report.of("written", "unknown") and outcome.code in (exits.PARTIAL, exits.INTERRUPTED):
        back = f"go back with build.py rollback {flat(report.run)}"
    if told := "; ".join(filter(None, (flat(outcome.sentence), back))):
        yield told

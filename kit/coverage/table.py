"""The whole table of results, as JSON for programs and as Markdown for people."""

import math
import time
from collections.abc import Iterator

import orjson

from kit.coverage.result import Coverage, Outcome, Result
from kit.coverage.told import Place


def json(found: Coverage, place: Place) -> bytes:
    """Every result with all that is known of it; a value that JSON has no number for is text."""
    whole = {
        "prometheus": found.address,
        "version": found.version,
        "at": _time(found.at),
        "range_seconds": found.span,
        "counts": {outcome.value: len(found.of(outcome)) for outcome in Outcome},
        "missing_metrics": dict(found.missing),
        "targets_down": list(found.down),
        "notes": list(found.notes),
        "results": [_row(one, place) for one in found.results],
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _row(one: Result, place: Place) -> dict[str, object]:
    sample: object = one.sample
    if one.sample is not None and not math.isfinite(one.sample):
        sample = str(one.sample)
    return {
        "dashboard": one.board,
        "name": one.name,
        "kind": one.kind,
        "run": one.run,
        "ref": one.ref,
        "where": place(one.where),
        "query": one.query,
        "outcome": one.outcome.value,
        "series": one.series,
        "sample": sample,
        "words": one.words,
        "causes": [{"subject": cause.subject, "kind": cause.kind, "sentence": cause.sentence} for cause in one.causes],
    }


def markdown(found: Coverage, place: Place) -> str:
    """A summary, and a table with a row for each query and run; what is wrong stands first."""
    return "\n".join([*_head(found), *_rows(found, place)]) + "\n"


def _head(found: Coverage) -> Iterator[str]:
    version = f" (Prometheus {found.version})" if found.version else ""
    yield f"# What has data in {found.address}{version}\n"
    yield f"As of {_time(found.at)}: " + ", ".join(
        f"{len(found.of(outcome))} {outcome}" for outcome in Outcome if found.of(outcome)
    )
    if found.missing:
        yield "\n| metric without any series | why |\n|---|---|"
        yield from (f"| `{name}` | {_cell(because)} |" for name, because in found.missing.items())


def _rows(found: Coverage, place: Place) -> Iterator[str]:
    columns = ("dashboard", "panel", "kind", "run", "outcome", "series", "a value", "why", "query", "defined in")
    yield f"\n| {' | '.join(columns)} |\n{'|---' * len(columns)}|"
    for one in sorted(found.results, key=lambda result: not result.outcome.wrong):
        why = "; ".join(dict.fromkeys([*([one.words] if one.words else []), *(c.sentence for c in one.causes)]))
        name = f"{one.name} {one.ref}".rstrip()
        sample = "" if one.sample is None else f"{one.sample:.6g}"
        cells = (one.board, name, one.kind, one.run, one.outcome, str(one.series), sample, why)
        yield f"| {' | '.join(map(_cell, cells))} | {_code(one.query)} | {_cell(place(one.where))} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _code(query: str) -> str:
    """A query as code in a cell: a bar would end the cell, even there."""
    flat = " ".join(query.split()).replace("|", "\\|")
    return f"`` {flat} ``" if "`" in flat else f"`{flat}`"


def _time(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))

"""What the commands do: call the parts, say what happened. The only place that prints and chooses exit codes."""

import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kit import load, write
from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.schema import UnknownVersion, closest
from kit.compile import Compiled, compiled
from kit.model.fault import Fault, Where
from kit.settings import Settings

if TYPE_CHECKING:
    from kit.alerting.wanted import Wanted as WantedAlerts
    from kit.coverage.result import Coverage
    from kit.coverage.wanted import Wanted

OK, FOUND, UNUSABLE = 0, 1, 2


def compile(root: Path, settings: Path, out: Path, *, checked: bool, version: str | None, debug: bool) -> int:
    """Compile into `out`; with `checked`, only what schemas and laws let through. Returns the exit code."""
    begun = time.perf_counter()
    out = out.absolute()
    if write.foreign(out, root):
        print(
            f"{_short(out, root)} holds other things, which compiling would remove; name an empty folder",
            file=sys.stderr,
        )
        return UNUSABLE
    result = _compiled(root, settings, out, version, debug)
    if isinstance(result, int):
        return result
    version = version or result.product.settings.grafana_version
    if checked and (found := list(_check(result, closest(version), root))):
        return _tell(found, root, f"{_counted(found)}; nothing was written to {_short(out, root)}/")
    changes = write.compare(out, result.files)
    try:
        by_hand = write.by_hand(root / "monitoring", out)
        write.write(out, result.files, changes)
        write.copy(root / "monitoring", out, by_hand)
        if out == root / "monitoring":
            _write_documents(root, result)
    except OSError as error:
        print(f"{error.filename}: cannot be written ({error.strerror}); run it again to finish", file=sys.stderr)
        return FOUND
    print(_compiled_words(result))
    if checked:
        print(f"Checked for Grafana {version}: the schemas and all laws hold.")
    print(_changes_words(changes.and_(by_hand), _short(out, root), time.perf_counter() - begun))
    return OK


def check(root: Path, settings: Path, out: Path, *, version: str | None, debug: bool) -> int:
    """Check definitions and what is compiled from them; a stale `out` is a finding. Returns the exit code."""
    result = _compiled(root, settings, out, version, debug)
    if isinstance(result, int):
        return result
    version = version or result.product.settings.grafana_version
    if found := [*_check(result, closest(version), root), *_stale(out, result, root)]:
        return _tell(found, root, _counted(found))
    print(f"{_compiled_words(result)}\nChecked for Grafana {version}: nothing found.")
    return OK


def coverage(root: Path, settings: Path, wanted: "Wanted", *, debug: bool) -> int:
    """Ask a running Prometheus what has data. Returns the exit code: 2 where it could not be asked."""
    from kit.coverage import table, told
    from kit.coverage.ask import NoSuchVariable
    from kit.coverage.wanted import Unclear
    from kit.live.answers import NoPrometheus

    result = _compiled(root, settings, root / "monitoring", None, debug)
    if isinstance(result, int):
        return UNUSABLE
    place = partial(_placed, root=root)
    try:
        found = _asked(Build(result.files, result.documents, result.product), wanted)
    except (NoPrometheus, NoSuchVariable, Unclear) as error:
        return _refuse(error, debug)
    print(told.text(found, place, wanted.strict))
    tables = ((wanted.json, table.json(found, place)), (wanted.markdown, table.markdown(found, place).encode()))
    for path, content in tables:
        if path and not _written(path, content):
            return UNUSABLE
    return FOUND if found.wrong(wanted.strict) else OK


def alerts(root: Path, settings: Path, wanted: "WantedAlerts", *, debug: bool) -> int:
    """Print the table of alerts, or what one would do at a value. Returns the exit code."""
    from kit.coverage.wanted import Unclear

    result = _compiled(root, settings, root / "monitoring", None, debug)
    if isinstance(result, int):
        return result
    try:
        told = _alerts_told(Build(result.files, result.documents, result.product), wanted, partial(_placed, root=root))
    except Unclear as error:
        return _refuse(error, debug)
    try:
        print(told, flush=True)
    except BrokenPipeError:  # `| head` has read enough; nor is what is left to be flushed at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def sizing(root: Path, settings: Path, like: str, changed: Sequence[str], *, debug: bool) -> int:
    """Print what an installation needs. Returns the exit code."""
    from kit.sizing import said

    result = _compiled(root, settings, root / "monitoring", None, debug)
    if isinstance(result, int):
        return result
    try:
        print(said.text(result.product, like, changed))
    except said.Unclear as error:
        return _refuse(error, debug)
    return OK


def _alerts_told(build: Build, wanted: "WantedAlerts", place: Callable[[Where], str]) -> str:
    from kit.alerting import as_json, said, table
    from kit.alerting.explained import explained
    from kit.alerting.row import rows
    from kit.alerting.wanted import chosen, named, valued

    every, evaluator = rows(build), build.product.settings.evaluator
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if not wanted.explain:
        asked = chosen(every, wanted)
        return as_json.table(asked, evaluator, place) if wanted.json else table.text(asked, evaluator, width)
    row = named(every, wanted.explain)
    found = explained(row, every, build, valued(row, wanted))
    return as_json.explanation(found, place) if wanted.json else said.text(found, place(row.where), width)


def _asked(build: Build, wanted: "Wanted") -> "Coverage":
    from kit.coverage.ask import coverage
    from kit.coverage.progress import progress
    from kit.coverage.wanted import span_of, time_of, values_of
    from kit.live.prometheus import Prometheus, bearer

    at, span, fixed = time_of(wanted.at), span_of(wanted.span), values_of(wanted.fixed)
    prometheus = Prometheus(wanted.url, token=bearer(wanted.bearer) if wanted.bearer else "")
    with progress(sys.stderr) as show:
        return coverage(build, prometheus, at=at, span=span, fixed=fixed, progress=show)


def _written(path: Path, content: bytes) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        print(f"{path}: cannot be written ({error.strerror}); name another file", file=sys.stderr)
        return False
    return True


def _placed(where: Where, root: Path) -> str:
    return _place(where.file, where.line, root)


def _compiled(root: Path, settings: Path, out: Path, version: str | None, debug: bool) -> Compiled | int:
    """What is defined, compiled in memory; or the exit code, when it was said what is wrong."""
    try:
        chosen = load.settings(settings)
        _known(version, chosen, settings)
        result, faults = compiled(chosen, root, settings)
    except (load.Unusable, UnknownVersion) as error:
        return _refuse(error, debug)
    return result or _tell_faults(faults, root, out, debug)


def _known(version: str | None, chosen: Settings, settings: Path) -> None:
    """Raises UnknownVersion; with the line of the setting, where it is that one which asks for it."""
    try:
        closest(version or chosen.grafana_version)
    except UnknownVersion as error:
        line = load.setting_line(settings, "grafana_version")
        raise error if version else UnknownVersion(f"{settings}:{line}: grafana_version: {error}") from None


def _check(result: Compiled, version: str, root: Path) -> Iterator[Finding]:
    from kit.check import laws
    from kit.check.cache import Cache
    from kit.check.files import findings

    pages = frozenset(path.relative_to(root).as_posix() for path in (root / "docs" / "runbooks").glob("*.md"))
    build = Build(result.files, result.documents, result.product, pages)
    cache = Cache(root, version, result.files)
    wrong = list(findings(build, version, skip=cache.knows))
    if not wrong:
        cache.remember()
    yield from sorted([*wrong, *laws.findings(build)])


def _stale(out: Path, result: Compiled, root: Path) -> Iterator[Finding]:
    changes = write.compare(out, result.files)
    folder = _short(out, root)
    left = [(word, f"{folder}/{path}") for word, paths in _words(changes) for path in paths]
    if out == root / "monitoring":
        left += [("stale", path) for path in _stale_documents(root, result)]
    for word, path in left:
        yield Finding(Where(path), "freshness", path, f"it is {word}; run make dashboards, and commit what changes")


def _words(changes: write.Changes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("missing", changes.new), ("stale", changes.changed), ("left over", changes.stale))


def _stale_documents(root: Path, result: Compiled) -> list[str]:
    """The compiled pages and tables under docs/ that are not what they should be."""
    texts = result.documents.items()
    return [path for path, text in texts if not (root / path).is_file() or (root / path).read_bytes() != text.encode()]


def _write_documents(root: Path, result: Compiled) -> None:
    for path in _stale_documents(root, result):
        write.replace(root / path, result.documents[path])


def _refuse(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(error, file=sys.stderr)
    return UNUSABLE


def _tell_faults(faults: Sequence[Fault], root: Path, out: Path, debug: bool) -> int:
    for fault in faults:
        if debug and fault.trace:
            print(fault.trace, file=sys.stderr)
        print(f"{_place(fault.where.file, fault.where.line, root)}  {fault.message}", file=sys.stderr)
    count = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}"
    print(f"{count}; nothing was written to {_short(out, root)}/", file=sys.stderr)
    return FOUND


def _tell(found: Sequence[Finding], root: Path, last: str) -> int:
    for one in found:
        place = _place(one.where.file, one.where.line, root)
        print(f"{place}  {one.severity}  {one.rule}  {one.subject}: {one.message}", file=sys.stderr)
    print(last, file=sys.stderr)
    return FOUND


def _place(file: str, line: int, root: Path) -> str:
    short = _short(Path(file), root)
    return f"{short}:{line}" if line else short


def _short(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _counted(found: Sequence[Finding]) -> str:
    return f"{len(found)} finding{'s' if len(found) != 1 else ''}"


def _compiled_words(result: Compiled) -> str:
    product = result.product
    panels = sum(len(board.lines) - len(board.page.rows) for board in product.boards)
    rules = sum(len(rules) for rules in product.rules.values())
    return (
        f"Compiled {len(product.boards)} dashboards ({panels} panels) in {len(product.site.sets)} sets, "
        f"{len(product.site.alerts)} alerts ({rules} rules), {len(product.site.recorded)} recording rules."
    )


def _changes_words(changes: write.Changes, folder: str, took: float) -> str:
    if not changes.any:
        return f"{folder}/: nothing changed ({changes.unchanged} files, {took:.1f} s)."
    marked = [
        *(f"  + {path}" for path in changes.new),
        *(f"  - {path}" for path in changes.stale),
        *(f"  ~ {path}" for path in changes.changed),
    ]
    shown = marked if len(marked) <= 20 else [*marked[:20], f"  … and {len(marked) - 20} more"]
    counts = f"{len(changes.new)} new, {len(changes.changed)} changed, {len(changes.stale)} removed"
    return "\n".join([*shown, f"{folder}/: {counts}, {changes.unchanged} unchanged ({took:.1f} s)."])

"""Which panels, variables, annotations and rules of a build have data in a running system, and why others have none.

`coverage(build, Prometheus(url))` asks everything and returns every result; nothing is printed here.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from attrs import evolve

from kit.check.build import Build, Dashboard
from kit.coverage import looked, variable
from kit.coverage.asked import questions
from kit.coverage.choices import RUNS, Run, choices, named
from kit.coverage.facts import Facts
from kit.coverage.jobs import OF_ALERTS, down_among, missing
from kit.coverage.looked import Look
from kit.coverage.result import Coverage, Outcome, Result
from kit.coverage.ruled import rulings
from kit.coverage.span import Span, seconds
from kit.coverage.values import Values, filled
from kit.live.answers import QueryFailed
from kit.live.prometheus import Prometheus
from kit.model.promql_tree import Unreadable, selectors
from kit.model.words import nearest

THREADS = 8
RANGE = 6 * 3600.0
Progress = Callable[[int, int], None]
_T = TypeVar("_T")


def _silent(done: int, total: int) -> None:
    """Progress that nobody sees."""


class NoSuchVariable(Exception):
    """A value is given for a variable that no dashboard has; one sentence."""


def coverage(
    build: Build,
    prometheus: Prometheus,
    *,
    at: float | None = None,
    span: float = RANGE,
    fixed: Mapping[str, Sequence[str]] | None = None,
    progress: Progress = _silent,
) -> Coverage:
    """Ask every query of the build, in both runs, of a Prometheus.

    `at`: unix seconds (None: now); `span`: the dashboards' range in seconds; `fixed`: name of a variable → values.
    Raises NoPrometheus where it cannot be asked (any more), NoSuchVariable.
    """
    begun = time.monotonic()
    _check(fixed or {}, build)
    version = prometheus.version()
    look_at = Span(time.time() if at is None else at, span, seconds(build.product.settings.scrape_interval))
    facts = _facts(build, prometheus, look_at.at)
    with ThreadPoolExecutor(THREADS) as pool:
        results = _results(build, facts, look_at, fixed or {}, pool, progress)
        gone = _missing(build, results, facts, pool)
    found = Coverage(results, gone, prometheus.address, version, look_at.at, span)
    found = evolve(found, down=tuple(down_among(facts.targets("*"))), notes=_notes(facts))
    return evolve(found, asked=prometheus.asked, took=time.monotonic() - begun)


def _notes(facts: Facts) -> tuple[str, ...]:
    told = facts.rules is not None
    return () if told else ("it does not tell its rules, so nobody knows whether they are loaded",)


def _check(fixed: Mapping[str, Sequence[str]], build: Build) -> None:
    known = named(build.dashboards)
    for name in fixed:
        if name not in known:
            raise NoSuchVariable(f"no dashboard has a variable '{name}'{nearest(name, known)}")


def _facts(build: Build, prometheus: Prometheus, at: float) -> Facts:
    recorded = {one.name: one.query for one in build.product.site.recorded.values()}
    return Facts(prometheus, at, build.catalogue, recorded, _expected(build))


def _expected(build: Build) -> Mapping[str, bool]:
    """Each job of the compiled configuration, and whether that, or its file in targets/, names an address."""
    config: Any = build.yaml.get("prometheus/prometheus.yml") or {}
    found = {}
    for job in config.get("scrape_configs") or ():
        listed = job.get("static_configs") or build.yaml.get(f"prometheus/targets/{job['job_name']}.yml") or ()
        found[str(job["job_name"])] = any(part.get("targets") for part in listed)
    return found


def _results(
    build: Build,
    facts: Facts,
    span: Span,
    fixed: Mapping[str, Sequence[str]],
    pool: ThreadPoolExecutor,
    progress: Progress,
) -> tuple[Result, ...]:
    ask = variable.asker(facts.prometheus, span)
    pairs = [(board, run) for board in build.dashboards for run in RUNS]
    chosen = _each(pool, [partial(choices, board, run, span, ask, fixed) for board, run in pairs])
    jobs: list[Callable[[], Result]] = []
    for (board, run), made in zip(pairs, chosen, strict=True):
        jobs += [partial(variable.result, board, run, found, facts) for found in made.found]
        jobs += [partial(looked.result, one, facts, span) for one in _looks(board, run, build, span, made.values)]
    jobs += [partial(looked.rule_result, ruling, facts) for ruling in rulings(build)]
    return _each(pool, jobs, progress)


def _looks(board: Dashboard, run: Run, build: Build, span: Span, values: Values) -> Iterator[Look]:
    for question in questions(board, build, span):
        built_in = span.built_in(question.step, question.least)
        yield Look(question, run, filled(question.text, values, built_in))


def _each(pool: ThreadPoolExecutor, jobs: Sequence[Callable[[], _T]], progress: Progress = _silent) -> tuple[_T, ...]:
    """What the jobs return, in their order; where one raises, those that have not begun are dropped."""
    futures = [pool.submit(job) for job in jobs]
    out = []
    try:
        for future in futures:
            out.append(future.result())
            progress(len(out), len(futures))
    finally:
        for future in futures:
            future.cancel()
    return tuple(out)


def _missing(build: Build, results: Sequence[Result], facts: Facts, pool: ThreadPoolExecutor) -> Mapping[str, str]:
    """The metrics of the catalogue that are read somewhere and have no series under any name that is read."""
    read = {name for one in results for name in _read(one)} - set(facts.recorded)
    read |= {name for query in facts.recorded.values() for name in _names(query)}
    known = {name: build.catalogue[name].name for name in sorted(read) if name in build.catalogue}
    there = _each(pool, [partial(_exists, name, facts) for name in known])
    alive = {metric for metric, exists in zip(known.values(), there, strict=True) if exists}
    gone = dict.fromkeys(metric for metric in known.values() if metric not in alive and metric not in OF_ALERTS)
    first = {metric: name for name, metric in reversed(known.items())}
    return {metric: missing(first[metric], facts).because for metric in gone}


def _exists(name: str, facts: Facts) -> bool:
    try:
        return facts.exists(name)
    except QueryFailed:
        return True


def _read(one: Result) -> frozenset[str]:
    if one.outcome is Outcome.NOT_ASKED:
        return frozenset()
    return _names(variable.inner(one.query) if one.kind == "variable" else one.query)


def _names(query: str) -> frozenset[str]:
    try:
        return frozenset(name for name, _ in selectors(query) if name)
    except Unreadable:
        return frozenset()

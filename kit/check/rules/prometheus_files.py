"""prometheus.yml names files that are there and jobs that metrics come from, and notifies exactly where it should."""

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.model.words import nearest

ID = "prometheus-files"
_FOLDER = "prometheus/"
_CONFIG = "prometheus/prometheus.yml"
# `up` and its like come from every job.
_EVERY = "*"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    config = build.yaml.get(_CONFIG)
    if not isinstance(config, dict):
        yield Finding(ruled.file(_CONFIG), ID, _CONFIG, "it is not there or holds no settings; compile it")
        return
    names = [str(job.get("job_name")) for job in config.get("scrape_configs") or ()]
    for message in (*_files(config, build), *_twice("job", names), *_alerting(config, build)):
        yield Finding(ruled.file(_CONFIG), ID, _CONFIG, message)
    for path, message in _groups(build):
        yield Finding(ruled.file(path), ID, path, message)
    yield from _jobs(build, names)


def _files(config: Json, build: Build) -> Iterator[str]:
    """Each pattern finds a file, and each file is found: one that nobody loads is as good as none."""
    found = [config for job in config.get("scrape_configs") or () for config in job.get("file_sd_configs") or ()]
    patterns = {
        "rules/": [str(pattern) for pattern in config.get("rule_files") or ()],
        "targets/": [str(pattern) for one in found for pattern in one.get("files") or ()],
    }
    for folder, asked in patterns.items():
        there = [path.removeprefix(_FOLDER) for path in build.files if path.startswith(_FOLDER + folder)]
        for pattern in asked:
            if not any(fnmatchcase(path, pattern) for path in there):
                yield f"it names {pattern}, and there is no such file{nearest(pattern, there)}; compile it"
        for path in there:
            if not any(fnmatchcase(path, pattern) for pattern in asked):
                yield f"nothing loads {path}; name it in prometheus.yml, or take it away"


def _twice(what: str, names: list[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"it has {times} {what}s named '{name}', which Prometheus refuses; rename one"


def _alerting(config: Json, build: Build) -> Iterator[str]:
    notifies = build.product.settings.evaluator == "prometheus"
    if ("alerting" in config) != notifies:
        said = "has no alerting block, so nobody notifies" if notifies else "has an alerting block, so two notify"
        yield f"the evaluator is {build.product.settings.evaluator}, and it {said}; follow the setting"


def _groups(build: Build) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for path, group in ruled.groups(build, ruled.PROMETHEUS):
        name = str(group.get("name"))
        if name in seen:
            yield (
                path,
                f"its group '{name}' has the name of one in {seen[name]}, and panels tell groups by name; rename it",
            )
        seen[name] = path


def _jobs(build: Build, names: list[str]) -> Iterator[Finding]:
    for metric in dict.fromkeys(build.catalogue.values()):
        if metric.type == "recorded" or metric.job == _EVERY:
            continue
        if not metric.job:
            yield Finding(metric.where, ID, metric.name, "it does not say which job exports it; give it job=")
        for job in filter(None, (metric.job, metric.elsewhere)):
            if job not in names:
                message = (
                    f"no job of prometheus.yml is called '{job}'{nearest(job, names)}; add it to the settings,"
                    f' as Job("{job}", ()) where nobody runs it'
                )
                yield Finding(metric.where, ID, metric.name, message)

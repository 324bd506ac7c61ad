"""How Prometheus stores what is played: targets from the compiled configuration, labels after its relabelling."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from kit.live import relabel
from simulator.sheet import Labels, Target, written


@dataclass(frozen=True)
class Scraped:
    """A target of the configuration: its job's configuration, its labels, and where and how it is asked."""

    target: Target
    job: Mapping[str, Any]
    labels: Mapping[str, str]

    @property
    def reached_at(self) -> str:
        """host:port."""
        return self.labels["__address__"]

    @property
    def path(self) -> str:
        """The path of its metrics."""
        return self.labels["__metrics_path__"]


class Configured:
    """The targets of a compiled configuration, and the labels with which their series are stored."""

    def __init__(self, files: Mapping[str, str]):
        """`files`: what was compiled, path → text."""
        config = yaml.safe_load(files["prometheus/prometheus.yml"])
        self.targets: dict[Target, Scraped] = {}
        for job in config["scrape_configs"]:
            for address, more in _addresses(job, files):
                labels = relabel.target(job, address, more)
                if labels is not None:
                    target = Target(job["job_name"], address)
                    self.targets[target] = Scraped(target, job, labels)
        self._stored: dict[tuple[Target, str, Labels], bytes] = {}

    def stored(self, target: Target, name: str, labels: Labels) -> bytes:
        """The series as a line of text begins with it; empty where it is dropped, or not scraped."""
        key = (target, name, labels)
        if key not in self._stored:
            of = self.targets.get(target)
            exported = {"__name__": name, **dict(labels)}
            found = relabel.series(of.job, of.labels, exported) if of else None
            self._stored[key] = b"" if found is None else _written(found)
        return self._stored[key]


def _written(labels: dict[str, str]) -> bytes:
    own = tuple(sorted((name, value) for name, value in labels.items() if name != "__name__"))
    return f"{labels['__name__']}{written(own)} ".encode()


def _addresses(job: Mapping[str, Any], files: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    groups = [*job.get("static_configs", ())]
    for found in job.get("file_sd_configs", ()):
        for path in found["files"]:
            groups += yaml.safe_load(files[f"prometheus/{path}"]) or ()
    for group in groups:
        yield from ((address, group.get("labels", {})) for address in group["targets"])

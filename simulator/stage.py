"""The stage: the installation's settings with other addresses, compiled; and a real Prometheus that watches."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve, frozen

from kit import load, write
from kit.compile import compiled
from kit.live.programs import LOOPBACK, answers, listens, running
from kit.model.setting_kinds import address as host_port
from kit.settings import Settings
from signals.jobs import SERVICES
from simulator import cast
from simulator.ending import held
from simulator.scrape import Configured, Scraped

[PROMETHEUS] = cast.EXPORTERS["prometheus"]
RETENTION = "60d"
PROGRAMS = ("prometheus", "promtool")
PORTS = 32  # from the first one on
MARK = ".dataflux-demo"
FOLDERS = ("prometheus", "logs", "long")


class Unplayable(Exception):
    """It cannot be played that way; one sentence."""


@frozen
class Beside:
    """A target that runs for real beside the play: its job, its name (host:port), and where it is reached."""

    job: str
    address: str
    reached_at: str

    @classmethod
    def read(cls, text: str) -> "Beside":
        """`node=my-host:9100@127.0.0.1:9100`; without @, it is reached at its name. Raises Unplayable."""
        job, _, where = text.partition("=")
        address, _, at = where.partition("@")
        if not job or host_port(address) or (at and host_port(at)):
            raise Unplayable(f"'{text}' names nothing to watch; write JOB=HOST:PORT or JOB=NAME:PORT@HOST:PORT")
        return cls(job, address, at or address)


@frozen(kw_only=True)
class Stage:
    """What is to be played, and where. `work`: a folder for data and logs; `days` and `hours`: of the past."""

    root: Path
    work: Path
    settings: Path
    seed: int = 1
    prometheus_port: int = 9090
    first_port: int = 18000
    hours: float = 6
    days: float = 35
    incidents: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    grafana_url: str = ""
    loki_url: str = ""

    @property
    def prometheus(self) -> str:
        """Its URL."""
        return f"http://{LOOPBACK}:{self.prometheus_port}"

    @property
    def control(self) -> str:
        """host:port of the page on which incidents are played."""
        return f"{LOOPBACK}:{self.first_port}"

    @property
    def data(self) -> Path:
        """Prometheus' own folder."""
        return self.work / "prometheus"

    @property
    def rules(self) -> Path:
        """The folder of the rule files."""
        return self.work / "monitoring" / "prometheus" / "rules"


def settings(stage: Stage) -> Settings:
    """The installation's settings, with other addresses only. Raises Unplayable, BadSetting, load.Unusable."""
    found = load.settings(stage.settings)
    jobs = {job.name: evolve(job, addresses=cast.EXPORTERS.get(job.name, ())) for job in found.jobs}
    names = dict.fromkeys((*cast.ADDRESSES, *(address for job in jobs.values() for address in job.addresses)))
    names.pop(PROMETHEUS, None)
    reached = {name: f"{LOOPBACK}:{stage.first_port + 1 + number}" for number, name in enumerate(names)}
    services = cast.ADDRESSES
    for one in stage.beside:
        reached[one.address] = one.reached_at
        if one.job == SERVICES:
            services = (*services, one.address)
        elif one.job in jobs:
            jobs[one.job] = evolve(jobs[one.job], addresses=(*jobs[one.job].addresses, one.address))
        else:
            raise Unplayable(f"no job is named '{one.job}'; settings.py has {', '.join((SERVICES, *jobs))}")
    if any(PROMETHEUS in job.addresses for job in jobs.values()):
        reached[PROMETHEUS] = f"{LOOPBACK}:{stage.prometheus_port}"
    return evolve(found, services=services, jobs=tuple(jobs.values()), reached_at=reached)


def check(stage: Stage) -> None:
    """Raises Unplayable where a program is missing or Prometheus' port is taken."""
    for program in PROGRAMS:
        if not shutil.which(program):
            raise Unplayable(f"{program} is not installed; on Debian and Ubuntu: apt-get install prometheus")
    if stage.first_port <= stage.prometheus_port < stage.first_port + PORTS:
        raise Unplayable(f"port {stage.prometheus_port} lies among the {PORTS} from --first-port on; choose another")
    if listens(stage.prometheus_port):
        port = stage.prometheus_port
        raise Unplayable(f"port {port} of {LOOPBACK} is taken (another Prometheus?); name one with --prometheus-port")


@contextmanager
def folder(stage: Stage) -> Iterator[None]:
    """The work folder, emptied, and nobody else's meanwhile. Raises Unplayable where it holds other things."""
    work = stage.work
    if work.is_dir() and any(work.iterdir()) and not (work / MARK).is_file():
        raise Unplayable(f"{work} holds other things, which playing would remove; name an empty folder with --work")
    work.mkdir(parents=True, exist_ok=True)
    with (work / MARK).open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unplayable(f"another demo plays in {work}; end it, or name another folder with --work") from None
        for name in FOLDERS:
            shutil.rmtree(work / name, ignore_errors=True)
        yield


def build(stage: Stage) -> Configured:
    """Compile for the stage into its work folder, and read which targets there are. Raises Unplayable."""
    result, faults = compiled(settings(stage), stage.root)
    if result is None:
        raise Unplayable(f"{len(faults)} faults in what is defined; run make dashboards, which names them")
    out = stage.work / "monitoring"
    write.write(out, result.files, write.compare(out, result.files))
    return Configured(result.files)


@contextmanager
def watching(stage: Stage, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Prometheus, on what was compiled, as it is deployed; with `more` arguments. Raises programs.NotStarted."""
    argv = [
        "prometheus",
        f"--config.file={stage.work / 'monitoring' / 'prometheus' / 'prometheus.yml'}",
        f"--storage.tsdb.path={stage.data}",
        f"--storage.tsdb.retention.time={RETENTION}",
        f"--web.listen-address={LOOPBACK}:{stage.prometheus_port}",
        "--web.enable-lifecycle",
        *more,
    ]
    ready = f"{stage.prometheus}/-/ready"
    with running(argv, log=stage.work / "prometheus.log", until=lambda: answers(ready), starting=held()) as one:
        yield one


def by_address(configured: Configured) -> dict[str, list[Scraped]]:
    """Where is played what: host:port → the targets that are reached there. What runs for real is left out."""
    found: dict[str, list[Scraped]] = {}
    for one in configured.targets.values():
        if one.target.address != PROMETHEUS:
            found.setdefault(one.reached_at, []).append(one)
    return found

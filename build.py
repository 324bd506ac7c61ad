"""DataFlux monitoring: dashboards and alerts as code. Each command calls one function of kit/."""

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

if __name__ == "__main__":  # what follows takes a moment, in which nothing has begun
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

import click  # noqa: E402

ROOT = Path(__file__).resolve().parent
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show the traceback of what goes wrong.")
@click.pass_context
def main(context: click.Context, debug: bool) -> None:
    """Compile, check and publish DataFlux's dashboards and alert rules."""
    context.obj = debug


def _run(debug: bool, call: Callable[[], int]) -> NoReturn:
    """Exit with what the call returns; what nobody expected is said in a sentence."""
    if __name__ == "__main__":
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(call())
    except KeyboardInterrupt:
        click.echo("\nInterrupted.", err=True)
        sys.exit(130)
    except Exception as error:
        if debug:
            raise
        click.echo(
            f"build.py failed: {type(error).__name__}: {error}; --debug before the command shows where", err=True
        )
        sys.exit(1)


def _settings(command):  # type: ignore[no-untyped-def]
    command = click.option("--settings", type=FILE, default=ROOT / "settings.py", show_default="settings.py",
                           help="The installation to compile for.")(command)  # fmt: skip
    return click.option("--out", type=FOLDER, default=ROOT / "monitoring", show_default="monitoring",
                        help="The folder that is compiled.")(command)  # fmt: skip


@main.command()
@_settings
@click.option("--check/--no-check", "checked", default=False, help="Also check against schemas and laws first.")
@click.option("--grafana", "version", metavar="VERSION", help="The Grafana to check for, instead of the settings'.")
@click.pass_obj
def compile(debug: bool, settings: Path, out: Path, checked: bool, version: str | None) -> None:
    """Compile dashboards/ and alerts/ into monitoring/."""
    from kit import cli

    _run(debug, lambda: cli.compile(ROOT, settings, out, checked=checked, version=version, debug=debug))


@main.command()
@_settings
@click.option("--grafana", "version", metavar="VERSION", help="The Grafana to check for, instead of the settings'.")
@click.pass_obj
def check(debug: bool, settings: Path, out: Path, version: str | None) -> None:
    """Check what is defined: schemas, laws, and that monitoring/ is what the sources compile to."""
    from kit import cli

    _run(debug, lambda: cli.check(ROOT, settings, out, version=version, debug=debug))


@main.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--severity", default="", metavar="SEVERITY", help="Only those, e.g. critical.")
@click.option("--area", default="", metavar="AREA", help="Only those of a module of alerts/, e.g. queues.")
@click.option("--explain", default="", metavar="NAME", help="What this one would do at a value, and who is told.")
@click.option("--at", default="", metavar="VALUE", help="The value, in the alert's unit: 7%, 250ms, 12GiB, 1200, down.")
@click.option("--settings", type=FILE, default=ROOT / "settings.py", show_default="settings.py",
              help="The installation to look at.")  # fmt: skip
@click.option("--json", is_flag=True, help="For machines, on stdout; docs/alerts.md has its shape.")
@click.pass_obj
def alerts(debug: bool, settings: Path, **asked: Any) -> None:
    """List the alerts: when each fires, who is told, where to look; or explain one at a value."""
    from kit import cli
    from kit.alerting.wanted import Wanted

    _run(debug, lambda: cli.alerts(ROOT, settings, Wanted(**asked), debug=debug))


@main.command()
@click.argument("changed", metavar="[NAME=NUMBER]...", nargs=-1)
@click.option("--like", default="medium", metavar="SIZE", show_default=True, help="The typical installation to begin"
              " with: small, medium, large.")  # fmt: skip
@click.option("--settings", type=FILE, default=ROOT / "settings.py", show_default="settings.py",
              help="The installation to compute for.")  # fmt: skip
@click.pass_obj
def sizing(debug: bool, settings: Path, like: str, changed: tuple[str, ...]) -> None:
    """Compute series, samples, disk and memory; docs/sizing.md lists the names."""
    from kit import cli

    _run(debug, lambda: cli.sizing(ROOT, settings, like, changed, debug=debug))


@main.command()
@click.option("--prometheus", "url", metavar="URL", required=True, help="Where Prometheus answers; a Grafana data"
              " source proxy works too. user:password@ in it is never printed.")  # fmt: skip
@click.option("--settings", type=FILE, default=ROOT / "settings.py", show_default="settings.py",
              help="The installation to compile for.")  # fmt: skip
@click.option("--at", metavar="TIME", default="now", show_default=True, help="2026-01-31T12:00:00Z, or unix seconds.")
@click.option("--range", "span", metavar="RANGE", default="6h", show_default=True, help="The dashboards' time range.")
@click.option("--var", "fixed", metavar="NAME=VALUE", multiple=True, help="The value of a variable; repeatable.")
@click.option("--bearer-file", type=FILE, help="A file with the token to send.")
@click.option("--strict", is_flag=True, help="What is empty and may be is a failure too.")
@click.option("--json", type=FILE, help="Write all results there, as JSON.")
@click.option("--markdown", type=FILE, help="Write all results there, as a table.")
@click.pass_obj
def coverage(
    debug: bool,
    url: str,
    settings: Path,
    at: str,
    span: str,
    fixed: tuple[str, ...],
    bearer_file: Path | None,
    strict: bool,
    json: Path | None,
    markdown: Path | None,
) -> None:
    """Ask a running Prometheus which panels, variables, annotations and rules have no data, and why.

    Exit code 0: all have data; 1: something has none; 2: it could not be asked.
    """
    from kit import cli
    from kit.coverage.wanted import Wanted

    wanted = Wanted(url, at, span, fixed, strict, json, markdown, bearer_file)
    _run(debug, lambda: cli.coverage(ROOT, settings, wanted, debug=debug))


@main.command()
@click.option("--incident", "incidents", metavar="NAME", multiple=True, help="Play it from the beginning; repeatable.")
@click.option("--list", "listed", is_flag=True, help="List the incidents that can be played, and end.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, another past.")
@click.option("--days", type=click.FloatRange(0, 100), default=35, show_default=True, help="Of the past, coarse.")
@click.option("--hours", type=click.FloatRange(0.1, 48), default=6, show_default=True, help="Of the past, fine.")
@click.option("--prometheus-port", type=click.IntRange(1, 65535), default=9090, show_default=True)
@click.option("--first-port", type=click.IntRange(1, 65000), default=18000, show_default=True,
              help="The first of some thirty ports for what is played.")  # fmt: skip
@click.option("--beside", metavar="JOB=HOST:PORT", multiple=True,
              help="Also watch what runs for real, e.g. node=my-host:9100@127.0.0.1:9100; repeatable.")  # fmt: skip
@click.option("--grafana-url", envvar="GRAFANA_URL", metavar="URL", help="A Grafana to open. [env: GRAFANA_URL]")
@click.option("--loki-url", envvar="LOKI_URL", metavar="URL", help="A Loki to send the log lines to. [env: LOKI_URL]")
@click.option("--work", type=FOLDER, default=ROOT / ".cache" / "demo", show_default=".cache/demo",
              help="Where data and logs go; its own, and emptied at the start.")  # fmt: skip
@click.option("--settings", type=FILE, default=ROOT / "settings.py", show_default="settings.py",
              help="The installation to play.")  # fmt: skip
@click.pass_obj
def demo(debug: bool, listed: bool, grafana_url: str | None, loki_url: str | None, **asked: Any) -> None:
    """Play DataFlux on this machine, with a past and with incidents, and let a real Prometheus watch it."""
    from simulator import demo as play

    if listed:
        _run(debug, play.list_incidents)
    _run(debug, lambda: play.main(root=ROOT, grafana_url=grafana_url or "", loki_url=loki_url or "", **asked))


_PUBLISHED = (
    click.option("--out", type=FOLDER, default=ROOT / "monitoring", show_default="monitoring",
                 help="The compiled folder."),
    click.option("--target", "targets", metavar="NAME", multiple=True, help="A Grafana of grafanas.toml; repeatable."),
    click.option("--all", "every", is_flag=True, help="Every Grafana of grafanas.toml."),
    click.option("--history", type=FOLDER, default=ROOT / ".history", show_default=".history",
                 help="Where runs and their backups are kept."),
    click.option("--json", is_flag=True, help="A report for machines, on stdout."),
)  # fmt: skip
_DECIDED = (
    click.option("--overwrite", metavar="UID", multiple=True, help="Write this one though it was edited in Grafana; a"
                 " contact point with its secrets again."),
    click.option("--adopt", metavar="UID", multiple=True, help="Take over this one, which is not ours yet."),
    click.option("--on-conflict", type=click.Choice(["stop", "skip"]), default="stop", show_default=True,
                 help="Where something was edited in Grafana: write nothing, or the rest."),
    click.option("--prune", is_flag=True, help="Delete what is ours and no longer in the build."),
    click.option("--prune-limit", type=click.IntRange(0), metavar="N",
                 help="How many of a kind may be pruned.  [default: a fifth, at least 3]"),
    click.option("--allow-older", is_flag=True, help="Publish though a later commit was published last."),
)  # fmt: skip


def _options(*options):  # type: ignore[no-untyped-def]
    """Several options at once, shown in this order."""

    def decorated(command):  # type: ignore[no-untyped-def]
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


def _commands() -> ModuleType:
    """What publishing needs, imported at once and kept: looking for garbage in it would take a tenth of a run."""
    gc.disable()
    from kit.publish import commands
    from kit.publish.http import wire  # noqa: F401

    gc.freeze()
    gc.enable()
    return commands


def _publishing(debug: bool, command: str, *, overwrite: tuple[str, ...] = (), adopt: tuple[str, ...] = (),
                on_conflict: str = "stop", prune: bool = False, prune_limit: int | None = None,
                allow_older: bool = False, **said: Any) -> NoReturn:  # fmt: skip
    def call() -> int:
        commands = _commands()
        from kit.publish.plan import Asked

        asked = Asked(overwrite, adopt, prune, prune_limit, on_conflict == "skip", allow_older)
        return commands.run(commands.Wish(command, ROOT, environ=os.environ, asked=asked, debug=debug, **said))

    _run(debug, call)


@main.command()
@_options(*_PUBLISHED, *_DECIDED)
@click.option("--check", is_flag=True, help="Exit with 10 where there are differences.")
@click.pass_obj
def plan(debug: bool, **said: Any) -> None:
    """Show what publishing would change in Grafana; reads only."""
    _publishing(debug, "plan", **said)


@main.command()
@_options(*_PUBLISHED, *_DECIDED)
@click.pass_obj
def publish(debug: bool, **said: Any) -> None:
    """Publish monitoring/ to Grafana: plan, back up, write under locks, read back."""
    _publishing(debug, "publish", **said)


@main.command()
@_options(*_PUBLISHED)
@click.option("--check", is_flag=True, help="Exit with 10 where something is missing there.")
@click.pass_obj
def drift(debug: bool, **said: Any) -> None:
    """Show what people changed in Grafana since it was published; reads only."""
    _publishing(debug, "drift", **said)


@main.command()
@click.argument("uid")
@_options(*_PUBLISHED)
@click.option("--to", type=FILE, help="Where to save it.  [default: .history/pulled/TARGET/UID.json]")
@click.pass_obj
def pull(debug: bool, **said: Any) -> None:
    """Save what is in Grafana under UID, and show what was changed there."""
    _publishing(debug, "pull", **said)


@main.command()
@click.argument("run")
@_options(*_PUBLISHED)
@click.option("--overwrite", metavar="UID", multiple=True, help="Restore this one though it was edited since the run.")
@click.option("--on-conflict", type=click.Choice(["stop", "skip"]), default="stop", show_default=True,
              help="Where something changed since the run: restore nothing, or the rest.")  # fmt: skip
@click.option("--plan", "dry", is_flag=True, help="Show what it would do; reads only.")
@click.pass_obj
def rollback(debug: bool, **said: Any) -> None:
    """Bring back everything that RUN changed, as it was before it."""
    _publishing(debug, "rollback", **said)


if __name__ == "__main__":
    main()

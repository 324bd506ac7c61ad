"""DataFlux monitoring: dashboards and alerts as code. Each command calls one function of kit/."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

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
    try:
        sys.exit(call())
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


if __name__ == "__main__":
    main()

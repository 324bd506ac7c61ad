"""The command line: reads the configuration, says what is wrong with it, serves. Chooses the exit codes."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click

from dataflux_exporter import __version__
from dataflux_exporter.config.build import Refused, address, load

UNUSABLE, REFUSED = 1, 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="The YAML configuration.")
@click.option("--check", is_flag=True, help="Only check the configuration: exit code 0 if it is good, 2 if not.")
@click.option("--listen", metavar="HOST:PORT", help="Listen there instead of where the configuration says.")
@click.version_option(__version__, prog_name="dataflux-exporter")
def main(path: Path, check: bool, listen: str | None) -> None:
    """Export what no ordinary exporter gives about DataFlux.

    Exit codes: 0 ended by SIGTERM or SIGINT, 1 cannot listen, 2 the configuration or the command has a mistake.
    """
    try:
        config = load(path)
    except Refused as refused:
        _end(str(refused), REFUSED)
    if listen is not None:
        if (where := address(listen)) is None:
            _end("--listen: an address like 0.0.0.0:9400 or [::]:9400 is needed", REFUSED)
        config = replace(config, listen=where)
    if check:
        print(f"{path}: {len(config.collectors)} collectors, nothing is wrong.")
        return
    # Not before: --check needs no HTTP server.
    from dataflux_exporter.serve import serve
    from dataflux_exporter.web import CannotListen

    try:
        serve(config)
    except CannotListen as error:
        _end(str(error), UNUSABLE)


def _end(sentence: str, code: int) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(code)

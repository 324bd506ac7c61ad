"""The double as a program of its own, for benchmarks: `python -m tests.double --latency 0.002 0.008`.

Prints its address. Then each line on stdin is answered by one line of JSON: `log` (the requests so far, as
[method, path, status]) or `reset` (the number of requests that are forgotten). It ends with its stdin.
"""

import json
import sys

import click

from tests.double import Double


@click.command()
@click.option("--version", default="13.1.0", help="What it says it is.")
@click.option("--apis/--no-apis", default=True, help="Whether /apis is served.")
@click.option("--latency", nargs=2, type=float, default=(0, 0), help="Seconds of a read and of a write.")
@click.option("--base", default="/", help="A base path, like /grafana/.")
@click.option("--provisioned", is_flag=True, help="It loaded files.")
def main(**options):
    """Run a double of Grafana until stdin ends."""
    with Double(**options) as grafana:
        print(grafana.url, flush=True)
        for line in sys.stdin:
            said = grafana.log if line.strip() == "log" else len(grafana.log)
            print(json.dumps(said), flush=True)
            if line.strip() == "reset":
                grafana.reset()


if __name__ == "__main__":
    main()

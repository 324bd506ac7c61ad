"""One service of DataFlux, played by itself, in the present only: for a container of the Compose stack's demo.

`python -m simulator.alone ingestion-service:8001` answers scrapes on that port of every address, as the service would,
and says the service's lines on stdout.
"""

import argparse
import sys
import time

from signals.jobs import SERVICES
from simulator import cast, live
from simulator.ending import Ended, Ending
from simulator.incident import Unknown, incident
from simulator.logs import Scribe
from simulator.scrape import Scraped
from simulator.sheet import Target
from simulator.web import Taken
from simulator.world import World

OK, FAILED, UNUSABLE = 0, 1, 2
EVERYWHERE = "0.0.0.0"
# Queues and caches have found their level when the first scrape comes.
BEFORE = 600.0


def main(words: list[str]) -> int:
    """Play until SIGTERM or Ctrl-C; the exit code."""
    parser = argparse.ArgumentParser(prog="simulator.alone", description="One service of DataFlux, played.")
    parser.add_argument("address", help=f"one of {', '.join(cast.ADDRESSES)}")
    parser.add_argument("--incident", default="", help="play it from the beginning")
    parser.add_argument("--host", default=EVERYWHERE, help="address to listen on (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another day (%(default)s)")
    asked = parser.parse_args(words)
    if asked.address not in cast.ADDRESSES:
        print(f"no service is played at '{asked.address}'; there is {', '.join(cast.ADDRESSES)}", file=sys.stderr)
        return UNUSABLE
    try:
        with Ending():
            _play(asked)
    except Ended:
        return OK
    except Unknown as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except Taken as error:
        print(error, file=sys.stderr)
    return FAILED


def _play(asked: argparse.Namespace) -> None:
    name, _, port = asked.address.rpartition(":")
    world = World(asked.seed, time.time() - BEFORE)
    present = live.Live(world, {}, Scribe(asked.seed))
    present.catch_up(time.time())
    if asked.incident:
        world.begin(incident(asked.incident))
    where = {"__address__": f"{asked.host}:{port}", "__metrics_path__": "/metrics"}
    target = Scraped(Target(SERVICES, asked.address), {}, where)
    with live.serving(present, target.reached_at, [target]):
        while True:
            for line in present.catch_up(time.time()):
                if line.service == name:
                    print(line.text(), flush=True)
            time.sleep(live.next_step(time.time()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

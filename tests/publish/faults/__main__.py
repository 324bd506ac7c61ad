"""`python -m tests.publish.faults --seeds 0:10000` plays many schedules, `--seed 7` one with all that happened."""

import argparse
import sys
import tempfile
import time
import traceback

from tests.double import Double
from tests.publish.faults.schedule import play
from tests.publish.faults.world import PASSWORD


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", help="FROM:TO")
    asked.add_argument("--seed", type=int)
    asked.add_argument("--stop", type=int, default=10, help="after so many that failed")
    given = asked.parse_args()
    first, last = (given.seed, given.seed + 1) if given.seed is not None else map(int, given.seeds.split(":"))
    begun, failed = time.monotonic(), []
    with Double(password=PASSWORD) as double, tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last):
            if seed > first and (seed - first) % 500 == 0:
                print(f"{seed - first} schedules, failed: {failed}", flush=True)
            try:
                world = play(seed, double, folder)
                if given.seed is not None:
                    print("\n".join(world.log))
            except Exception as error:
                failed.append(seed)
                if given.seed is not None:
                    traceback.print_exc()
                else:
                    print(f"seed {seed}: {str(error)[:600]}", flush=True)
                if len(failed) >= given.stop:
                    break
    print(f"{seed + 1 - first} schedules in {time.monotonic() - begun:.0f} s, failed: {failed}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m checklist`: prove the boxes of docs/checklist.md, or some of them.

Exit codes: 0 every box that names a command is proven, 1 one is not, 2 it could not be used that way, 130 interrupted.
"""

import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from checklist.page import Unreadable, boxes, chosen, packages
from checklist.proof import Proof, State, prove
from checklist.told import Teller

ROOT = Path(__file__).resolve().parents[1]
PAGE, OUTPUT = "docs/checklist.md", ".cache/checklist"
OK, UNPROVEN, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
GOOD = (State.PROVEN, State.EMPTY)


def run(root: Path, asked: Sequence[str], console: Console) -> int:
    """Prove what is asked (nothing: every box) of the page in `root`; the exit code."""
    try:
        text = (root / PAGE).read_text(encoding="utf-8")
        every = boxes(text, PAGE)
        wanted = chosen(every, asked)
    except (OSError, Unreadable) as error:
        print(f"{PAGE}: {error.strerror}" if isinstance(error, OSError) else error, file=sys.stderr)
        return UNUSABLE
    teller = Teller(console, max(len(box.title) for box in wanted), packages(text), root)
    proofs: list[Proof] = []
    begun = time.monotonic()
    for box in wanted:
        proofs.append(teller.tell(box, partial(prove, box, root, root / OUTPUT)))
        if proofs[-1].state is State.INTERRUPTED:
            break
    code = _code(proofs)
    teller.end(proofs, len(every), time.monotonic() - begun, code)
    return code


def _code(proofs: Sequence[Proof]) -> int:
    states = {proof.state for proof in proofs}
    if State.INTERRUPTED in states:
        return INTERRUPTED
    return UNPROVEN if states - set(GOOD) else OK


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only", "asked", metavar="BOX", multiple=True, help="A box's number, or words of its title; repeatable."
)
def main(asked: tuple[str, ...]) -> None:
    """Prove the boxes of docs/checklist.md by the commands that they name."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(ROOT, asked, Console()))


if __name__ == "__main__":
    main()

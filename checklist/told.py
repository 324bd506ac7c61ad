"""What is said of it, to somebody tired: a line for each box, and at the end what is not proven, and why."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import frozen
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from checklist.page import Box
from checklist.proof import Proof, State

_COLOURS = {State.PROVEN: "green", State.FAILED: "bold red", State.NOT_RUN: "yellow", State.INTERRUPTED: "yellow"}


@frozen
class Teller:
    """Says it on a console; `width` of the longest title, `packages` by program, paths from `root`."""

    console: Console
    width: int
    packages: Mapping[str, str]
    root: Path

    def tell(self, box: Box, prove: Callable[[], Proof]) -> Proof:
        """The box's line; while it is proven, with a clock on a terminal."""
        head = f"{box.number:>3}  {box.title:<{self.width}}  "
        if self.console.is_terminal and not self.console.is_dumb_terminal:
            columns = (TextColumn("{task.description}", markup=False), SpinnerColumn(), TimeElapsedColumn())
            with Progress(*columns, console=self.console, transient=True) as running:
                running.add_task(head.rstrip())
                proof = prove()
            self._say(head, end="")
        else:
            self._say(head, end="")
            proof = prove()
        self._say(proof.state.value, style=_COLOURS.get(proof.state, ""), end="")
        self._say(f"{self._clock(proof)}{self._note(proof)}")
        if proof.state is State.FAILED:
            self._failed(proof)
        return proof

    def end(self, proofs: Sequence[Proof], every: int, seconds: float, code: int) -> None:
        """What is proven of `every` box, what not, and why; and the exit code."""
        proven = sum(proof.state is State.PROVEN for proof in proofs)
        rest = f" ({every - len(proofs)} not tried)" if len(proofs) < every else ""
        self._say(f"\n{proven} of {len(proofs)} boxes proven{rest}, in {duration(seconds)}.")
        for proof in proofs:
            if proof.state is not State.PROVEN:
                self._say(f"  {proof.box.number} {proof.box.title}: {self._why(proof)}")
        self._say(f"Exit code {code}.")

    def _clock(self, proof: Proof) -> str:
        return f"{duration(proof.seconds):>{20 - len(proof.state.value)}}" if proof.output else ""

    def _note(self, proof: Proof) -> str:
        """What the proof is worth where a variable is not set."""
        if proof.state is not State.PROVEN:
            return ""
        unset = {name: said for name, said in proof.box.without.items() if not os.environ.get(name)}
        return "".join(f"   without {name}: {said}" for name, said in unset.items())

    def _why(self, proof: Proof) -> str:
        match proof.state:
            case State.EMPTY:
                return proof.box.says
            case State.NOT_RUN:
                return self._missing(proof.missing)
            case State.INTERRUPTED:
                return f"interrupted; {proof.box.command} was not at its end"
        return f"exit code {proof.code} of {proof.box.command}; all that it said: {self._path(proof)}"

    def _missing(self, programs: Sequence[str]) -> str:
        verb = "is" if len(programs) == 1 else "are"
        known = sorted({self.packages[program] for program in programs if program in self.packages})
        get = f" (on Debian: apt-get install {' '.join(known)})" if known else ""
        return f"{', '.join(programs)} {verb} not installed{get}"

    def _failed(self, proof: Proof) -> None:
        for line in proof.last_lines():
            self._say(f"     | {line}")
        self._say(f"     all of it: {self._path(proof)}")

    def _path(self, proof: Proof) -> str:
        path = proof.output
        return str(path.relative_to(self.root) if path and path.is_relative_to(self.root) else path)

    def _say(self, text: str, *, style: str = "", end: str = "\n") -> None:
        self.console.print(text, style=style, end=end, markup=False, highlight=False, soft_wrap=True)


def duration(seconds: float) -> str:
    """`5 s`, `2 min 5 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

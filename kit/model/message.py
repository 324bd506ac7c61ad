"""What a notification says, piece by piece; neutral of the evaluator and of the channel that carries it."""

from typing import Literal, get_args

from attrs import field, frozen
from attrs.validators import deep_iterable, in_

from kit.model.words import seconds

# what: the alert's description (what is wrong, value and level). since: when it began, and ended. place: its labels.
# panel, logs: with the time around its start. silence: the form, filled in with this alert's labels.
Piece = Literal["what", "since", "place", "panel", "logs", "runbook", "silence"]
LINKS: tuple[Piece, ...] = ("panel", "logs", "runbook", "silence")


@frozen(kw_only=True)
class Message:
    """`pieces`: what is said of each alert, in order; what an alert does not have is left out.

    `first`: the labels that say where, told before the others; `untold`: labels that say nothing about where.
    `around`: how long before and after the alert's start panel and logs are shown. `most`: so many firing and so many
    resolved alerts are told; of more, only how many there are (Slack refuses what is too long).
    """

    pieces: tuple[Piece, ...] = field(validator=deep_iterable(in_(get_args(Piece))))
    first: tuple[str, ...]
    untold: tuple[str, ...]
    around: str
    most: int

    @property
    def around_ms(self) -> int:
        """`around` in milliseconds."""
        return seconds(self.around) * 1000

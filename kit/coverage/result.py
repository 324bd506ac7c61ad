"""What came of asking a running system: one result a query and run, and what is missing where."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from kit.model.fault import Where


class Outcome(StrEnum):
    """What came of a query.

    `quiet`: empty, and its panel says that this can be normal. `not run`: empty, and the installation's settings give
    the job that would export it no address. `not asked`: for another data source than Prometheus.
    """

    OK = "ok"
    FAILED = "failed"
    EMPTY = "empty"
    LABEL_MISSING = "label missing"
    CONTRADICTS = "contradicts its unit"
    NOT_LOADED = "not loaded"
    QUIET = "quiet"
    NOT_RUN = "not run"
    NOT_ASKED = "not asked"

    @property
    def wrong(self) -> bool:
        """Whether it is a failure however the command is called."""
        return self in (Outcome.FAILED, Outcome.EMPTY, Outcome.LABEL_MISSING, Outcome.CONTRADICTS, Outcome.NOT_LOADED)

    @property
    def wrong_if_strict(self) -> bool:
        """Whether it is a failure with --strict."""
        return self.wrong or self in (Outcome.QUIET, Outcome.NOT_RUN)


@frozen(order=True)
class Cause:
    """Why something is empty: what it is about (a metric, mostly), and a sentence.

    `kind`: `metric`, nothing exports it though a target of its job is up; `down`, no target of its job is up;
    `not run`, the settings give its job no address; `alerts`, only alerts make it; `label`, its series lack a label;
    `matcher`, no series matches; `rule`, a rule is not loaded or fails; `whole`, each part has data, and the whole
    none.
    `because`: the part of the sentence that other metrics share.
    """

    subject: str
    sentence: str
    kind: str = "whole"
    because: str = ""


@frozen
class Result:
    """One query in one run.

    `board`: the dashboard's title, or `rules`. `name`: of the panel, variable, annotation or rule. `kind`: panel,
    variable, annotation, recording rule or alerting rule. `run`: defaults, all, or empty for rules. `ref`: the
    target's refId. `query`: as it was asked. `sample`: a value of it. `words`: what is wrong with it, or what the
    panel says where it is quiet; empty where all is well.
    """

    board: str
    name: str
    kind: str
    run: str
    query: str
    outcome: Outcome
    where: Where
    ref: str = ""
    series: int = 0
    sample: float | None = None
    words: str = ""
    causes: tuple[Cause, ...] = ()

    @property
    def subject(self) -> str:
        """`System Overview / Error rate`."""
        return f"{self.board} / {self.name}"


@frozen
class Coverage:
    """All results, in the order of the dashboards and then the rules.

    `missing`: metric → a sentence, for each that is read and has no series. `address`: of Prometheus, without
    secrets; `at`: unix seconds; `span`: the dashboards' range in seconds; `asked`: requests, `took`: seconds. `down`:
    the targets that are not up, whether something is empty for that or not.
    """

    results: tuple[Result, ...]
    missing: Mapping[str, str] = field(factory=dict)
    address: str = ""
    version: str = ""
    at: float = 0
    span: float = 0
    asked: int = 0
    took: float = 0
    down: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def wrong(self, strict: bool = False) -> tuple[Result, ...]:
        """The results that are failures."""
        return tuple(one for one in self.results if (one.outcome.wrong_if_strict if strict else one.outcome.wrong))

    def of(self, outcome: Outcome) -> tuple[Result, ...]:
        """The results with that outcome."""
        return tuple(one for one in self.results if one.outcome is outcome)

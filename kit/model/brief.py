"""What was asked for, row by row, so that it can be shown what answers each."""

from collections.abc import Mapping

from attrs import frozen


@frozen
class Brief:
    """`metrics` and `alerts`: row → how it was asked for. `rows`: set → the lines that its landing page must have."""

    metrics: Mapping[str, str]
    alerts: Mapping[str, str]
    rows: Mapping[str, tuple[str, ...]]

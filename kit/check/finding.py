"""What a check found."""

from typing import Literal

from attrs import frozen

from kit.model.fault import Where

Severity = Literal["error", "warning"]


@frozen(order=True)
class Finding:
    """`rule` is also the name of its module; `subject` who it is about (page / panel, alert, file)."""

    where: Where
    rule: str
    subject: str
    message: str
    severity: Severity = "error"

    def text(self) -> str:
        """One line: place, severity, rule, who, what."""
        place = f"{self.where.file}:{self.where.line}" if self.where.line else self.where.file
        return f"{place}  {self.severity}  {self.rule}  {self.subject}: {self.message}"

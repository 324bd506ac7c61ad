"""What these tests share: the rows of the table, by the name of their rule."""

import pytest

from kit.alerting.row import rows
from kit.check.build import Build


@pytest.fixture(scope="session")
def build_by(compiled_by):
    """`build_by("prometheus")`: everything that is compiled for that evaluator."""
    made = {}

    def build(evaluator="grafana"):
        if evaluator not in made:
            result = compiled_by(evaluator)
            made[evaluator] = Build(result.files, result.documents, result.product)
        return made[evaluator]

    return build


@pytest.fixture(scope="session")
def rows_by(build_by):
    """`rows_by("grafana")["ServiceDown"]`: its row of the table."""
    made = {}

    def read(evaluator="grafana"):
        if evaluator not in made:
            made[evaluator] = {row.name: row for row in rows(build_by(evaluator))}
        return made[evaluator]

    return read

"""The command, and the page."""

import pytest

from kit.settings import Job
from kit.sizing.said import size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_234, "1.2 kB"),
        (9_960, "10 kB"),
        (999_600, "1.0 MB"),
        (45e9, "45 GB"),
        (3e18, "3000 PB"),
    ],
)
def test_bytes_are_said_with_two_digits(value, text):
    assert size(value) == text


def test_the_command_computes_for_ones_own_numbers(project):
    few, many = project.build("sizing"), project.build("sizing", "nodes=200", "pods=4000")
    assert few.code == many.code == 0
    assert "one Prometheus is enough" in few.out
    assert few.out.splitlines()[0] == many.out.splitlines()[0]  # replicas are as many
    series = [int(ran.out.splitlines()[-3].split()[0].replace(",", "")) for ran in (few, many)]
    assert series[1] - series[0] == pytest.approx(
        190 * (242 + 13 * 16 + 36 + 28 + 540 + 5 + 155 + 45) + 3850 * 100, rel=0.02
    )


def test_too_much_for_one_is_told(project):
    assert "too much for one Prometheus" in project.build("sizing", "--like", "large", "pods=20000").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("node=3",), "'node' is nothing that is counted; did you mean 'nodes'?"),
        (("nodes=many",), "'nodes=many' has no number; write nodes=12"),
        (("nodes",), "'nodes' has no number"),
        (("--like", "larger"), "no installation is called 'larger'; did you mean 'large'?"),
    ],
)
def test_what_is_unclear_is_refused_in_a_sentence(arguments, sentence, project):
    ran = project.build("sizing", *arguments)
    assert ran.code == 2 and ran.err.startswith(sentence)


def test_the_page_says_what_the_command_says(compiled, project):
    page = compiled.documents["docs/sizing.md"]
    *_, last = project.build("sizing", "--like", "large").out.splitlines()
    [row] = [line for line in page.splitlines() if line.startswith("| of what one")]
    assert row.split("|")[4].strip() == last.split()[0]


def test_a_job_that_is_not_known_is_named(compiled_by, compiled):
    jobs = (*compiled.product.settings.jobs, Job("nginx", ("nginx:9113",)))
    assert "nothing is known of their size: nginx." in compiled_by("grafana", jobs=jobs).documents["docs/sizing.md"]

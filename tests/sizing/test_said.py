"""The command, and the page."""

import re

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
    series = [int(re.search(r"^([\d,]+) series, ", ran.out, re.M)[1].replace(",", "")) for ran in (few, many)]
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
    said = project.build("sizing", "--like", "large").out
    [row] = [line for line in page.splitlines() if line.startswith("| of what one")]
    assert row.split("|")[4].strip() == re.search(r"^(\S+) of [\d,]+ series", said, re.M)[1]
    [row] = [line for line in page.splitlines() if line.startswith("| large: ")]
    assert [cell.strip() for cell in row.split("|")[2:4]] == re.findall(r"^in .*\): (.*)", said, re.M)


def test_where_the_one_that_there_is_does_not_suffice_that_is_told(project):
    """One Prometheus is enough for it, and neither of ours."""
    said = project.build("sizing", "--like", "large").out
    assert "one Prometheus is enough" in said
    assert "too little memory: 3.4 GB are needed" in said and "9 days instead of 35" in said
    assert said.endswith("An overlay of your own\n")


def test_where_it_does_it_is_told_as_well(project):
    said = project.build("sizing", "--like", "small").out
    assert said.count(": 35 days\n") == 2 and "overlay" not in said.splitlines()[-1].partition("): ")[2]


def test_a_job_that_is_not_known_is_named(compiled_by, compiled):
    jobs = (*compiled.product.settings.jobs, Job("nginx", ("nginx:9113",)))
    assert "nothing is known of their size: nginx." in compiled_by("grafana", jobs=jobs).documents["docs/sizing.md"]

"""Quantities as people type them."""

import pytest

from kit.model import quantity, unit

UNITS = [value for value in vars(unit).values() if isinstance(value, unit.Unit)]


@pytest.mark.parametrize(
    ("typed", "of", "value"),
    [
        ("7%", unit.PERCENT, 0.07),
        ("7 %", unit.PERCENT, 0.07),
        ("57%", unit.PERCENT, 0.57),
        (" 0.07 ", unit.PERCENT, 0.07),
        ("1", unit.PERCENT, 1),
        ("100%", unit.PERCENT, 1),
        ("0%", unit.PERCENT, 0),
        ("-0", unit.COUNT, 0),
        ("1.5s", unit.SECONDS, 1.5),
        ("250ms", unit.SECONDS, 0.25),
        ("1m30s", unit.SECONDS, 90),
        ("2h", unit.SECONDS, 7200),
        ("1.5h", unit.SECONDS, 5400),
        ("30", unit.SECONDS, 30),
        ("30", unit.MILLISECONDS, 30),
        ("1.5s", unit.MILLISECONDS, 1500),
        ("2m", unit.MILLISECONDS, 120_000),
        ("12GiB", unit.BYTES, 12 * 2**30),
        ("12 Gi", unit.BYTES, 12 * 2**30),
        ("12gib", unit.BYTES, 12 * 2**30),
        ("500MB", unit.BYTES, 5e8),
        ("1kB", unit.BYTES, 1000),
        ("4096", unit.BYTES, 4096),
        ("12MiB/s", unit.BYTES_PER_SECOND, 12 * 2**20),
        ("1200", unit.COUNT, 1200),
        ("1.2k", unit.COUNT, 1200),
        ("1e3", unit.COUNT, 1000),
        (".5", unit.NUMBER, 0.5),
        ("5 requests/s", unit.REQUESTS_PER_SECOND, 5),
        ("down", unit.UP_DOWN, 0),
        ("Up", unit.UP_DOWN, 1),
        ("0", unit.UP_DOWN, 0),
        ("rejected", unit.ACCEPTED, 0),
    ],
)
def test_it_is_read_in_the_unit_of_the_signal(typed, of, value):
    assert quantity.read(typed, of) == value


@pytest.mark.parametrize(
    ("typed", "of", "sentence"),
    [
        ("7", unit.PERCENT, "'7' would be 700 %; write 7% or 0.07"),
        ("100.1", unit.PERCENT, "'100.1' cannot be: it lies between 0 % and 100 %; write 7% or 0.07"),
        ("700%", unit.PERCENT, "'700%' cannot be: it lies between 0 % and 100 %; write 7% or 0.07"),
        ("-5%", unit.PERCENT, "'-5%' cannot be: it lies between 0 % and 100 %; write 7% or 0.07"),
        ("-7", unit.PERCENT, "'-7' cannot be: it lies between 0 % and 100 %"),
        ("-5s", unit.SECONDS, "'-5s' cannot be: it is never below 0 s; write 250ms, 1.5s, 1m30s or 2h"),
        ("-5", unit.MILLISECONDS, "'-5' cannot be: it is never below 0 ms"),
        ("-1GiB", unit.BYTES, "'-1GiB' cannot be: it is never below 0 B; write 500MB, 12GiB or a number of bytes"),
        ("-1", unit.BYTES_PER_SECOND, "it is never below 0 B/s"),
        ("-1", unit.COUNT, "'-1' cannot be: it is never below 0; write a number such as 1200 or 1.2k"),
        ("-0.1", unit.PER_SECOND, "it is never below 0 per second"),
        ("2", unit.UP_DOWN, "'2' cannot be: it lies between 0 and 1; write down or up or a number"),
        ("-1", unit.WORKING, "it lies between 0 and 1; write failing or working or a number"),
        ("seven", unit.PERCENT, "'seven' is no quantity; write 7% or 0.07"),
        ("", unit.COUNT, "'' is no quantity; write a number such as 1200 or 1.2k"),
        ("nan", unit.COUNT, "'nan' is no quantity"),
        ("1e999", unit.COUNT, "'1e999' is too great"),
        ("9GiB", unit.PERCENT, "'GiB' is not known here; write 7% or 0.07"),
        ("12G", unit.BYTES, "'G' is not known here"),
        ("5%", unit.SECONDS, "'%' is not known here; write 250ms, 1.5s, 1m30s or 2h"),
        ("1,200", unit.COUNT, "',200' is not known here"),
        ("dwn", unit.UP_DOWN, "'dwn' is no quantity; write down or up or a number"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_can(typed, of, sentence):
    with pytest.raises(ValueError) as refused:
        quantity.read(typed, of)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("of", UNITS, ids=lambda one: f"{one.grafana} {one.suffix}")
def test_every_unit_reads_what_it_writes_and_what_it_gives_as_an_example(of):
    for value in (0.25, 0.5, 1):
        assert quantity.read(of.words(value), of) == value
    for example in quantity.example(of).replace(" or ", ", ").split(", "):
        if example and not example.startswith(("a number", "in ")):
            quantity.read(example, of)

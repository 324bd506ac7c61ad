import pytest


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda panel: panel.pop("title"), "no title"),
        (lambda panel: panel.update(title="  "), "no title"),
        (lambda panel: panel.pop("description"), "no description"),
        (lambda panel: panel.update(description=panel["title"].upper() + "."), "only repeats the title"),
        (lambda panel: panel["fieldConfig"]["defaults"].pop("noValue"), "noValue"),
    ],
)
def test_it_says_which_words_a_panel_lacks(bench, change, part):
    found = bench.panel(change)
    found.subject = found.findings[0].subject
    found.says(part)


def test_a_panel_in_a_closed_row_needs_words_too(bench):
    bench.panel(lambda panel: panel.pop("description"), nested=True).says("no description")


def test_a_row_needs_a_title_and_nothing_else(bench):
    bench.panel(lambda panel: panel.pop("title"), kind="row").says("no title")

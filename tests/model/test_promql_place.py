import pytest

from kit.model.matcher import Match
from kit.model.promql_place import placed

PLACE = (Match("cluster", "=", "c"), Match("environment", "=", "e"))
BOTH = 'cluster="c",environment="e"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up", f"up{{{BOTH}}}"),
        ('up{job!="x"}', f'up{{{BOTH},job!="x"}}'),
        ('up{a="b",instance="}"}', f'up{{a="b",{BOTH},instance="}}"}}'),
        (r'up{job=~"a\\.{2}\"."}', rf'up{{{BOTH},job=~"a\\.{{2}}\"."}}'),
        ("up{}", f"up{{{BOTH}}}"),
        ('{__name__="up"}', f'{{__name__="up",{BOTH}}}'),
        (f"absent(up{{{BOTH}}})", f"absent(up{{{BOTH}}})"),
        ("up or up2 offset 5m", f"up{{{BOTH}}} or up2{{{BOTH}}} offset 5m"),
        ("rate(a:b:c[5m:1m])", f"rate(a:b:c{{{BOTH}}}[5m:1m])"),
        (
            "sum by (up, x) (up) / on (up) group_left (y) up",
            f"sum by (up, x) (up{{{BOTH}}}) / on (up) group_left (y) up{{{BOTH}}}",
        ),
        ('label_replace(up, "up", "up", "x", "{}")', f'label_replace(up{{{BOTH}}}, "up", "up", "x", "{{}}")'),
        ("vector(1)", "vector(1)"),
        ("count(ALERTS)", f"count(ALERTS{{{BOTH}}})"),
    ],
)
def test_each_selector_asks_for_the_place_and_nothing_else_changes(text, expected):
    assert placed(text, PLACE) == expected

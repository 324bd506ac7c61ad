"""Variables in queries, written as Grafana's Prometheus data source writes them."""

import pytest

from kit.coverage.values import Chosen, filled

BUILT_IN = {"__rate_interval": "1m", "__range_s": "21600"}


def several(*values):
    return Chosen(values, several=True, listed=True)


@pytest.mark.parametrize(
    ("text", "chosen", "result"),
    [
        # One value of a variable that has only one: as it stands.
        ('up{job="$x"}', Chosen(("a.b",)), 'up{job="a.b"}'),
        ('up{job="$x"}', Chosen(("a\\b",)), 'up{job="a\\\\b"}'),
        ('up{job="$x"}', Chosen(("it's",)), "up{job=\"it\\\\'s\"}"),
        # Several, or All: for =~, and so escaped, once for the expression and once for the string.
        ('up{job=~"$x"}', several("a.b"), 'up{job=~"a\\\\.b"}'),
        ('up{job=~"$x"}', several("a", "b.c"), 'up{job=~"(a|b\\\\.c)"}'),
        ('up{job=~"$x"}', several("a\\b"), 'up{job=~"a\\\\\\\\b"}'),
        ('"$x"', several("a+(b)|[c]{d}^$*?"), r'"a\\+\\(b\\)\\|\\[c\\]\\{d\\}\\^\\$\\*\\?"'),
        ('up{job=~"$x"}', several(), 'up{job=~"()"}'),
        ('up{job=~"$x"}', Chosen(("a.b",), several=True), 'up{job=~"a\\\\.b"}'),
        # What its author wrote for All stands as it is, and may name what Grafana fills in.
        ('up{job=~"$x"}', Chosen(("a",), True, True, ".*"), 'up{job=~".*"}'),
        ('up{job=~"${x:regex}"}', Chosen(("a",), True, True, ".+"), 'up{job=~".+"}'),
        ("up[$x]", Chosen(("a",), True, True, "$__rate_interval"), "up[1m]"),
        ("up[$x]", Chosen(("a",), True, True, "$x"), "up[$x]"),
        # All three ways to write a name.
        ("$x ${x} [[x]]", Chosen(("1",)), "1 1 1"),
        ("a${x}b $xb", Chosen(("1",)), "a1b $xb"),
        # Forms: https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
        ("${x:regex}", several("a.b", "c"), r"(a\.b|c)"),
        ("${x:regex}", several("a/b"), r"a\/b"),
        ("${x:pipe}", several("a.b", "c"), "a.b|c"),
        ("${x:csv}", several("a.b", "c"), "a.b,c"),
        ("[[x:csv]]", several("a", "c"), "a,c"),
        ("${x:raw}", several("a.b", "c"), "a.b,c"),
        ("${x:glob}", several("a", "c"), "{a,c}"),
        ("${x:glob}", several("a"), "a"),
        ("${x:json}", several("a"), '["a"]'),
        ("${x:json}", Chosen(("a",)), '"a"'),
        ("${x:text}", several("a", "c"), "a + c"),
        ("${x:text}", Chosen(("a",), True, True, ".*"), "All"),
        ("${x:singlequote}", several("a", "it's"), r"'a','it\'s'"),
        ("${x:doublequote}", several("a", "b"), '"a","b"'),
        ("${x:unheard}", several("a", "b"), "a,b"),
        # Grafana's own, and what nobody knows.
        ("rate(x[$__rate_interval]) ${__range_s}", Chosen(), "rate(x[1m]) 21600"),
        ("$y ${y:csv} $__unknown", Chosen(), "$y ${y:csv} $__unknown"),
    ],
)  # fmt: skip
def test_a_value_in_a_query(text, chosen, result):
    assert filled(text, {"x": chosen}, BUILT_IN) == result

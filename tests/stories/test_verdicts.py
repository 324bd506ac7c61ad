"""What promtool says of many files is read alike in version 2 and 3: recorded outputs of 2.42.0 and 3.0.1."""

import pytest

from tests.stories.telling.promtool import verdicts

WRONG = '    expr: "up", time: 1m,\n        exp: "nil"\n        got: {} 1E+00'
PARTS = ("  SUCCESS\n\n", f"  FAILED:\n{WRONG}\n\n\n", "  SUCCESS\n\n")
OF_2 = "".join(f"Unit Testing:  {name}.json\n{part}" for name, part in zip("abc", PARTS, strict=True))
OF_3 = "".join(PARTS)


@pytest.mark.parametrize("output", [OF_2, OF_3], ids=["version 2", "version 3"])
def test_each_file_has_its_verdict(output):
    assert verdicts(output, 3) == ["", f"FAILED:\n{WRONG.strip()}", ""]


@pytest.mark.parametrize("output", [OF_2, OF_3], ids=["version 2", "version 3"])
def test_a_file_without_a_verdict_is_no_success(output):
    with pytest.raises(AssertionError):
        verdicts(output, 4)


def test_what_stands_before_all_verdicts_is_no_success():
    with pytest.raises(AssertionError):
        verdicts(f"no such file\n{OF_3}", 3)

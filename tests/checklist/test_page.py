"""A page is read as it is written, and what cannot be run is refused in a sentence."""

import pytest

from checklist.page import Unreadable, boxes, chosen, packages

PAGE = """# A list

    $ not a command: no box yet

1. [x] **Doors shut**

   Every door is shut, and says so. Needs `door`, `lock-smith`. A word on `keys`.
   Without `HOUSE_URL`: the
   doll's house.

   ```console
   $ make doors | tail
   ```

2. [ ] **Windows cleaned**

   Nobody looks through them yet. `make light` tells nothing.

## Programs

| program | package |
|---|---|
| `door` | `house-doors` |

   $ not a command either
"""


@pytest.fixture
def read():
    return boxes(PAGE, "list.md")


def test_a_box_has_its_command_and_what_that_needs(read):
    doors = read[0]
    assert (doors.number, doors.title, doors.ticked) == (1, "Doors shut", True)
    assert doors.says == "Every door is shut, and says so"
    assert doors.command == "make doors | tail"
    assert doors.needs == ("door", "lock-smith")
    assert doors.without == {"HOUSE_URL": "the doll's house"}


def test_an_empty_box_says_why(read):
    windows = read[1]
    assert (windows.number, windows.ticked, windows.command, windows.needs) == (2, False, "", ())
    assert windows.says == "Nobody looks through them yet"
    assert len(read) == 2


def test_programs_have_packages():
    assert packages(PAGE) == {"door": "house-doors"}


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [((), [1, 2]), (("2",), [2]), (("WINDOW",), [2]), (("2", "doors"), [1, 2]), (("e",), [2])],
)
def test_some_are_chosen_by_number_or_by_words_of_the_title(read, asked, numbers):
    assert [box.number for box in chosen(read, asked)] == numbers


@pytest.mark.parametrize("asked", ["3", "0", "roof", "12"])
def test_a_box_that_is_not_there_is_told(read, asked):
    with pytest.raises(Unreadable, match=f"there is no box '{asked}'; name a number from 1 to 2"):
        chosen(read, (asked,))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("make doors | tail", "make doors\n   $ make more", r"list.md: box 1 \(Doors shut\) names 2 commands"),
        ("2. [ ]", "3. [ ]", "list.md does not number its boxes from 1 on: 1, 3"),
        ("**", "", "list.md has no box; one is a line such as"),
    ],
)
def test_what_cannot_be_run_is_refused(old, new, said):
    with pytest.raises(Unreadable, match=said):
        boxes(PAGE.replace(old, new), "list.md")

"""Which test files a command runs, and which CI does: read from the Makefile, .ci/run and pytest's own settings."""

import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Options of pytest that we use, whose value is a word of its own.
VALUED = {"-n", "-m", "-k", "--dist", "--durations", "--ignore"}


def run_by(command, makefile):
    """The test files, as paths in the repository."""
    first, *words = shlex.split(command)
    if first == "make":
        return {file for line in recipe(words[0], makefile) for file in run_by(line, makefile)}
    if "pytest" not in words:
        return set()
    words = words[words.index("pytest") + 1 :]
    paths, ignored = named(words), [value for word, value in pairwise(words) if word == "--ignore"]
    return (below(*paths) if paths else by_itself()) - below(*ignored)


def recipe(target, makefile):
    """The lines of a target, without what make itself reads."""
    text = re.search(rf"^{re.escape(target)}:.*\n((?:\t.*\n)+)", makefile, re.M)[1]
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [re.sub(r"\$\$?[({]\S+?[)}]", "x", line.strip().lstrip("@")) for line in lines if "pytest" in line]


def named(words):
    """The paths that pytest is given."""
    pairs = pairwise(["", *words])
    return [word.split("::")[0] for last, word in pairs if not word.startswith("-") and last not in VALUED]


def below(*paths):
    """The test files that these paths are, or hold."""
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing, f"there is no {', '.join(missing)}"
    found = {file for path in paths for file in (ROOT / path).rglob("test_*.py")}
    return {path for path in paths if path.endswith(".py")} | {file.relative_to(ROOT).as_posix() for file in found}


def by_itself():
    """Those that pytest finds where it is given no path."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    skipped = set(settings["norecursedirs"])
    return {file for file in below(*settings["testpaths"]) if not skipped & set(Path(file).parts)}


def of_ci(script, makefile):
    """Every test file that CI runs."""
    return {file for target in re.findall(r"^make (\S+)$", script, re.M) for file in run_by(f"make {target}", makefile)}


def packages(script):
    """Program → Debian package, as CI installs them."""
    return dict(re.findall(r"\[([\w-]+)\]=([\w-]+)", script))

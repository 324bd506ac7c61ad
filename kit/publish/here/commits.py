"""What git knows: the commit that is checked out, which of two came first, a file as it was. Reads only.

One git process for each question. Where there is no git, no repository, or git refuses (a checkout that belongs to
somebody else, as in some CI), nothing is known, and that is no error.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from attrs import frozen

from kit.emit.hashes import FILES, SOURCES

Relation = Literal["same", "ancestor", "newer", "unrelated", "unknown"]

# Where CI says which commit it runs on: Jenkins, GitLab, GitHub.
TOLD_BY_CI = ("GIT_COMMIT", "CI_COMMIT_SHA", "GITHUB_SHA")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_SECONDS = 20
# Of git's own variables only its configuration is handed on: within a hook the others name another repository.
_OURS = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}


@frozen
class Commit:
    """`sha` is empty where it is not known; `dirty`: the build or its sources differ from it."""

    sha: str = ""
    dirty: bool = False


def top(folder: Path) -> Path | None:
    """The top of the repository that holds the folder, found without git."""
    whole = folder.resolve()
    return next((place for place in (whole, *whole.parents) if (place / ".git").exists()), None)


def head(root: Path, out: Path | None = None, environ: Mapping[str, str] = os.environ) -> Commit:
    """The commit that is checked out in `root`, or that CI names; `out` is the build's folder."""
    build = (out or root / "monitoring").resolve()
    built = [str(build)] if (here := top(root)) and build.is_relative_to(here) else []
    watched = (*SOURCES, *FILES, "settings.py", *built)
    said = _git(root, "status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", *watched)
    lines = said.decode("utf-8", "replace").splitlines() if said is not None else []
    shas = [line.removeprefix("# branch.oid ") for line in lines if line.startswith("# branch.oid ")]
    if shas and _COMMIT.fullmatch(shas[0]):
        return Commit(shas[0], any(not line.startswith("# ") for line in lines))
    told = (environ.get(name, "") for name in TOLD_BY_CI)
    return Commit(next((sha for sha in told if _COMMIT.fullmatch(sha)), ""))


def relation(root: Path, published: str, ours: str) -> Relation:
    """What the published commit is to ours: the same, an ancestor, newer, or on a branch of its own.

    "unknown" where either is not in this clone, or where a shallow clone cannot tell.
    """
    if not _COMMIT.fullmatch(published) or not _COMMIT.fullmatch(ours):
        return "unknown"
    if published == ours:
        return "same"
    # How many commits only the one has, and how many only the other.
    said = _git(root, "rev-list", "--left-right", "--count", f"{published}...{ours}", "--")
    if said is None:
        return "unknown"
    theirs, mine = (int(count) for count in said.split())
    if theirs and mine:
        return "unknown" if _is_shallow(root) else "unrelated"
    return "newer" if theirs else "ancestor" if mine else "same"


def told(how: Relation, published: str, ours: str) -> str:
    """The relation as a sentence; what is unknown says what to do."""
    theirs, mine = (f"{sha:.7}" if _COMMIT.fullmatch(sha) else "" for sha in (published, ours))
    if how != "unknown":
        return _SENTENCES[how].format(theirs=theirs, mine=mine)
    if not theirs:
        return "which commit was published last is not known"
    if not mine:
        return f"{theirs} was published last, and which commit this is is not known: run it in a git clone"
    advice = "run git fetch, in a shallow clone git fetch --unshallow"
    return f"whether {mine} follows {theirs}, which was published last, cannot be told from this clone: {advice}"


_SENTENCES: Mapping[Relation, str] = {
    "same": "{theirs} was published last, and is this commit",
    "ancestor": "{theirs} was published last, and {mine} follows it",
    "newer": "{theirs} was published last, and is newer than {mine}: run git pull",
    "unrelated": "{theirs} was published last, and is not part of {mine}: merge it",
}


def text_at(root: Path, commit: str, path: str) -> bytes | None:
    """The file as it was in a commit, `path` from the top of the repository; None where it cannot be had."""
    if not _COMMIT.fullmatch(commit) or "\0" in path:
        return None
    return _git(root, "cat-file", "blob", f"{commit}:{path}")


def changed_since(root: Path, commit: str, path: str) -> tuple[str, ...]:
    """The commits after this one that changed the file, the newest first; none where that cannot be told."""
    if not _COMMIT.fullmatch(commit) or "\0" in path:
        return ()
    said = _git(top(root) or root, "log", "--format=%H", "--max-count=50", f"{commit}..HEAD", "--", path)
    return tuple(said.decode().split()) if said else ()


def _is_shallow(root: Path) -> bool:
    """Asked only where it decides: what is reached is reached in a shallow clone too."""
    return _git(root, "rev-parse", "--is-shallow-repository") != b"false\n"


def _git(root: Path, *arguments: str) -> bytes | None:
    """What git says; None where it fails."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_") or "GIT_CONFIG" in name}
    command = ["git", "--literal-pathspecs", "-C", str(root), *arguments]
    try:
        ran = subprocess.run(
            command, env=kept | _OURS, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout if ran.returncode == 0 else None

"""A project in a repository of its own, with a build that can be changed, and the commands run on it."""

import contextlib
import io
import os
import subprocess
from pathlib import Path

import orjson
from attrs import field, frozen

from kit.emit import build_json
from kit.emit.text import json_text, yaml_text
from kit.publish import commands
from kit.publish.plan import Asked
from tests.e2e.grafana.renamed import BOARDS, RULES

SECRETS = {
    "SLACK_WEBHOOK_URL": "http://127.0.0.1:9/slack",
    "WEBHOOK_URL": "http://127.0.0.1:9/webhook",
    "WEBHOOK_TOKEN": "made-up-token",
}
GIT = ("git", "-c", "user.name=e2e", "-c", "user.email=e2e@dataflux.local", "-c", "init.defaultBranch=main")


@frozen
class Ran:
    """How a command ended: `told` is its report (tell/as_json.py), `err` what is wrong where it has none."""

    code: int
    told: dict
    err: str

    @property
    def steps(self):
        """(action, key) of everything that differs; a rule group's key is its name."""
        return {(one["action"], one["key"].rpartition("/")[2]) for one in self.told["steps"]}

    @property
    def kinds(self):
        """The kinds of what differs."""
        return {one["kind"] for one in self.told["steps"]}

    @property
    def run(self):
        """The run's name."""
        return self.told["run"]

    @property
    def sentence(self):
        """What is wrong."""
        return self.told["sentence"] or self.err

    @property
    def failed(self):
        """What went wrong, for the message of an assertion."""
        return self.sentence, [one for one in self.told.get("results", ()) if one["outcome"] != "written"]

    def detail(self, key):
        """What is said of one object."""
        return next(one["detail"] for one in self.told["steps"] if one["key"].rpartition("/")[2] == key)


@frozen
class Project:
    """`root` is its folder, `files` the build (path → text), `keys` and `environ` say where to publish to."""

    root: Path
    keys: dict
    environ: dict
    files: dict = field(factory=dict)

    def begin(self, files):
        """Make the repository, with this build as its first commit."""
        self.root.mkdir(parents=True)
        (self.root / "settings.py").write_text("settings = None\n")
        (self.root / ".gitignore").write_text(".history/\ngrafanas.toml\n")
        self._git("init", "-q")
        self.files.update(files)
        return self.release()

    def release(self):
        """Write the build and commit it."""
        for path, text in self.files.items():
            (self.root / "monitoring" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "monitoring" / path).write_text(text)
        for path in (self.root / "monitoring").rglob("*"):
            if path.is_file() and path.relative_to(self.root / "monitoring").as_posix() not in self.files:
                path.unlink()
        told = build_json.text(self.files, self.root, self.root / "settings.py")
        (self.root / "monitoring" / "BUILD.json").write_text(told)
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", "a release")
        return self

    def checkout(self, commit):
        """Go to another commit."""
        self._git("checkout", "-q", commit)

    def _git(self, *arguments):
        kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
        subprocess.run([*GIT, *arguments], cwd=self.root, env=kept, check=True, timeout=60)

    # Changing the build

    def path(self, uid):
        """Where a dashboard's file is."""
        return next(path for path in self.files if path.startswith(BOARDS) and path.endswith(f"/{uid}.json"))

    def board(self, uid):
        return orjson.loads(self.files[self.path(uid)])

    @property
    def boards(self):
        """Uid → dashboard."""
        found = [orjson.loads(text) for path, text in self.files.items() if path.startswith(BOARDS)]
        return {one["uid"]: one for one in found}

    def change(self, uid, **keys):
        """Another release of a dashboard."""
        self.files[self.path(uid)] = json_text({**self.board(uid), **keys})
        return self

    def add(self, uid, like):
        """A new dashboard beside another one."""
        path = self.path(like).rpartition("/")[0] + f"/{uid}.json"
        self.files[path] = json_text({**self.board(like), "uid": uid, "title": uid})
        return self

    def drop(self, *uids):
        """Dashboards that the next release has no more."""
        for uid in uids:
            del self.files[self.path(uid)]
        return self

    def replace(self, path, old, new):
        """Another text in a file."""
        assert old in self.files[path], f"{path} does not contain {old!r} any more: change this test"
        self.files[path] = self.files[path].replace(old, new)
        return self

    def groups(self, change):
        """Change the rule groups: `change` is given their list."""
        import yaml

        told = yaml.safe_load(self.files[RULES])
        change(told["groups"])
        self.files[RULES] = yaml_text(told, "a test")
        return self

    # Publishing it

    def target(self, **more):
        """Publish to the same Grafana, with other keys of grafanas.toml."""
        return Project(self.root, {**self.keys, **more}, self.environ, self.files)

    def as_(self, token):
        """Publish with another login."""
        login = {"GRAFANA_TOKEN": token, "GRAFANA_USER": "", "GRAFANA_PASSWORD": ""}
        return Project(self.root, self.keys, {**self.environ, **login}, self.files)

    def run(self, command, *, check=False, uid="", run="", **asked):
        """A command as build.py runs it."""
        (self.root / "grafanas.toml").write_text(_toml(self.keys))
        wish = commands.Wish(
            command,
            self.root,
            self.root / "monitoring",
            self.root / ".history",
            {**SECRETS, **self.environ},
            asked=Asked(**asked),
            check=check,
            json=True,
            uid=uid,
            run=run,
        )
        out, err = io.TextIOWrapper(io.BytesIO()), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = commands.run(wish)
        text = out.buffer.getvalue()
        return Ran(code, orjson.loads(text)["targets"][0] if text else {}, err.getvalue())

    def publish(self, **asked):
        """Publish, which has to succeed."""
        ran = self.run("publish", **asked)
        assert ran.code == 0, ran.failed
        return ran

    def plans_nothing(self):
        """Nothing differs, and nothing is left over."""
        ran = self.run("plan", check=True)
        assert (ran.code, ran.told.get("steps")) == (0, []), ran.sentence
        return True


def _toml(keys):
    """The table of one target. Strings of TOML and of JSON are alike."""
    plain = {key: value for key, value in keys.items() if not isinstance(value, dict)}
    lines = ["[e2e]", *(f"{key} = {orjson.dumps(value).decode()}" for key, value in plain.items())]
    for key, table in keys.items():
        if isinstance(table, dict) and all(isinstance(one, dict) for one in table.values()):
            for name, inner in table.items():
                lines += [f"[e2e.{key}.{orjson.dumps(name).decode()}]", *_pairs(inner)]
        elif isinstance(table, dict):
            lines += [f"[e2e.{key}]", *_pairs(table)]
    return "\n".join(lines) + "\n"


def _pairs(table):
    return [f"{orjson.dumps(key).decode()} = {orjson.dumps(value).decode()}" for key, value in table.items()]

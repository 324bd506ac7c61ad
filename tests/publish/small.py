"""A small build with one of everything, and commands that are run over it against the double of Grafana."""

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from attrs import field, frozen

from kit.publish import commands
from kit.publish.plan import Asked
from tests.double.canonical import canonical

ROOT = Path(__file__).resolve().parents[2]
OVERVIEW, BUSINESS, ALERTS = "dataflux-system-overview", "dataflux-business-metrics", "dataflux-alerts"
RULES = "grafana/provisioning/alerting/rules.yml"
POLICIES = "grafana/provisioning/alerting/policies.yml"
MUTED = "grafana/provisioning/alerting/mute-timings.yml"
TEMPLATES = "grafana/provisioning/alerting/templates.yml"
PROVIDERS = "grafana/provisioning/dashboards/all.yml"
SOURCES = "grafana/datasources/prometheus.yml"
ALERTMANAGER = "alertmanager/alertmanager.yml"
WEBHOOK = "alerts/webhook.yml"
PASSWORD = "canary-of-the-login"
# Every secret is a word that stands nowhere else, so that it is found wherever it leaks to.
SECRETS = {
    "SLACK_WEBHOOK_URL": "https://hooks.example.org/canary-of-slack",
    "WEBHOOK_URL": "https://hook.example.org/canary-of-the-hook",
    "WEBHOOK_TOKEN": "canary-of-the-token",
}
NAMES = ("queues", "overview", "storage")


def dashboard(name, folder="System Overview"):
    return f"grafana/dashboards/{folder}/df-{name}.json"


def board(uid, title, *panels, **more):
    """A dashboard in the form in which Grafana keeps it, as what is compiled is."""
    shown = [{"id": number, "title": text, "type": "stat"} for number, text in enumerate(panels or ("Depth",), 1)]
    return {
        "uid": uid,
        **canonical({"title": title, "tags": ["dataflux"], "schemaVersion": 42, "panels": shown, **more}),
    }


def rule(uid, title="", **more):
    query = {"refId": "A", "relativeTimeRange": {"from": 600, "to": 0}, "datasourceUid": "prometheus",
             "model": {"refId": "A", "expr": "up", "intervalMs": 1000, "maxDataPoints": 43200}}  # fmt: skip
    return {"uid": uid, "title": title or uid, "condition": "A", "for": "1m", "noDataState": "OK",
            "execErrState": "KeepLast", "isPaused": False, "labels": {"severity": "critical"}, "data": [query],
            **more}  # fmt: skip


def group(name, *rules, folder="DataFlux Alerts", interval="1m"):
    return {"name": name, "folder": folder, "interval": interval, "rules": list(rules)}


def point(name, kind, **settings):
    uid = name.replace("dataflux", "df")
    return {"contactPoints": [{"name": name, "receivers": [{"uid": uid, "type": kind, "settings": settings}]}]}


def provider(title, uid):
    return {"name": uid, "folder": title, "folderUid": uid, "options": {"path": f"/dashboards/{title}"}}


CRITICAL = ["severity", "=", "critical"]
WHOLE = {
    PROVIDERS: {"providers": [provider("System Overview", OVERVIEW), provider("Business Metrics", BUSINESS)]},
    dashboard("queues"): board("df-queues", "Queues"),
    dashboard("overview"): board("df-overview", "System Overview"),
    dashboard("storage", "Business Metrics"): board("df-storage", "Storage"),
    SOURCES: {"datasources": [{"uid": "prometheus", "name": "Prometheus", "type": "prometheus", "access": "proxy",
                               "url": "http://prometheus:9090", "isDefault": True}]},
    RULES: {"groups": [group("hosts", rule("df-host-down"), rule("df-disk-full")), group("queues", rule("df-queue"))]},
    "alerts/slack.yml": point("dataflux-slack", "slack", recipient="#x", url="$SLACK_WEBHOOK_URL", title="T"),
    WEBHOOK: point("dataflux-webhook", "webhook", url="$WEBHOOK_URL", authorization_credentials="$WEBHOOK_TOKEN"),
    POLICIES: {"policies": [{
        "receiver": "dataflux-slack", "group_by": ["alertname"], "group_wait": "90s",
        "routes": [{"receiver": "dataflux-webhook", "object_matchers": [CRITICAL], "continue": False,
                    "mute_time_intervals": ["dataflux-maintenance"]}],
    }]},
    MUTED: {"muteTimes": [{"name": "dataflux-maintenance", "time_intervals": [{"weekdays": ["sunday"]}]}]},
    TEMPLATES: {"templates": [{"name": "dataflux", "template": '{{ define "dataflux.title" }}T{{ end }}\n'}]},
    ALERTMANAGER: {"inhibit_rules": [{"source_matchers": ['severity = "critical"'], "equal": ["signal"],
                                      "target_matchers": ['severity = "warning"']}]},
}  # fmt: skip
# Folders, dashboards, data source, groups, contact points, policies, mute timing, template, inhibition rule.
MANY = 3 + 3 + 1 + 2 + 2 + 1 + 1 + 1 + 1


@frozen
class Ended:
    """How a command ended: its exit code, what it printed, and its report for machines (None without --json)."""

    code: int
    out: str
    err: str

    @property
    def said(self):
        return self.out + self.err

    @property
    def report(self):
        return json.loads(self.out)

    @property
    def target(self):
        """The report of the only target."""
        (one,) = self.report["targets"]
        return one

    @property
    def steps(self):
        """(action, kind, key) of every step."""
        return [(step["action"], step["kind"], step["key"]) for step in self.target["steps"]]

    @property
    def sentence(self):
        """What is wrong: of the only target, or before any."""
        return self.report["sentence"] or self.target["sentence"]

    @property
    def results(self):
        """Key → (outcome, sentence); of rule groups the key holds the folder."""
        return {one["key"]: (one["outcome"], one["sentence"]) for one in self.target["results"]}

    @property
    def ended(self):
        """Key → outcome."""
        return {key: outcome for key, (outcome, _) in self.results.items()}


@frozen
class Stage:
    """A project with a build, and a double of Grafana to publish it to. No secret may appear in anything it says."""

    place: object
    grafana: object
    history: Path
    environ: dict = field(factory=dict)

    def put(self, path, told):
        """Another file of the build; None takes it away."""
        if told is None:
            (self.place.out / path).unlink()
        else:
            self.place.put(path, told)
        self.place.seal()

    def toml(self, text="", **more):
        """grafanas.toml with the double as its only target."""
        url = self.grafana.url
        self.place.write("grafanas.toml", f'[prod]\nurl = "{url}"\n{text}\n')
        for name, value in more.items():
            self.place.write(name, value)

    def wish(self, command, **more):
        asked = {name: more.pop(name) for name in ASKED if name in more}
        return commands.Wish(command, self.place.root, self.place.out, self.history, self.environ,
                             asked=Asked(**asked), **{"json": True, **more})  # fmt: skip

    def run(self, command, **more):
        """Run it in this process. Whatever happens, no secret is told or kept."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            code = commands.run(self.wish(command, **more))
        ended = Ended(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))
        self.keeps_secrets(ended.said)
        return ended

    def keeps_secrets(self, said):
        kept = {str(path): path.read_text() for path in self.history.rglob("*") if path.is_file()}
        for where, text in {"what is printed": said, **kept}.items():
            told = [name for name, secret in self.secrets.items() if secret in text]
            assert not told, f"{where} holds {told}"

    @property
    def secrets(self):
        words = ("TOKEN", "PASSWORD", "WEBHOOK")
        return {name: value for name, value in self.environ.items() if any(word in name for word in words) and value}

    def plan(self, **more):
        """A plan, which only reads."""
        return self._reads("plan", **more)

    def drift(self, **more):
        return self._reads("drift", **more)

    def _reads(self, command, **more):
        before = len(self.grafana.log)
        ended = self.run(command, **more)
        written = [entry for entry in self.grafana.log[before:] if entry.method not in ("GET", "HEAD")]
        assert written == [], f"{command} writes: {written}"
        return ended

    def publish(self, **more):
        return self.run("publish", **more)

    def published(self, **more):
        """Publish, all of it; a plan after that has nothing to do, and a second publish writes nothing."""
        ended = self.publish(**more)
        assert ended.code == 0, ended.said
        self.is_settled()
        return ended

    def is_settled(self):
        planned = self.plan(check=True)
        # What nobody asked to delete or to take over stays in every plan.
        assert [step for step in planned.steps if step[0] not in ("orphan",)] == [], planned.out
        assert planned.code == 0, planned.said
        before = len(self.grafana.writes())
        again = self.publish()
        assert again.code == 0, again.said
        assert self.grafana.writes()[before:] == []

    def refused(self, code, command="publish", **more):
        """A command that ends with this code before anything is written; its sentence."""
        before = len(self.grafana.writes())
        ended = self.run(command, **more)
        assert ended.code == code, ended.said
        assert self.grafana.writes()[before:] == []
        return ended.sentence if ended.out.startswith("{") else ended.said

    @property
    def program(self):
        """What a real build.py in this project is called with."""
        return [sys.executable, str(self.place.root / "build.py")]

    def start(self, *arguments):
        """Start a real build.py in this project."""
        if not (self.place.root / "build.py").exists():
            (self.place.root / "build.py").write_bytes((ROOT / "build.py").read_bytes())
        passed = {name: text for name, text in os.environ.items() if not name.startswith(("GRAFANA_", "COV"))}
        environ = {**passed, "PYTHONPATH": str(ROOT), **self.environ}
        return subprocess.Popen([*self.program, *arguments, "--history", str(self.history)], env=environ, text=True,
                                cwd=self.place.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                preexec_fn=_interruptible)  # fmt: skip

    def finished(self, program):
        """How a real build.py ended."""
        out, err = program.communicate(timeout=60)
        self.keeps_secrets(out + err)
        return Ended(program.returncode, out, err)

    def built(self, *arguments):
        return self.finished(self.start(*arguments))


ASKED = ("overwrite", "adopt", "prune", "prune_limit", "skip", "allow_older")


def _interruptible():
    """A program that a shell starts in the background ignores SIGINT; a person's does not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)

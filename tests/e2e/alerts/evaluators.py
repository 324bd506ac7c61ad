"""Who notifies: a real Alertmanager of ours, on what Prometheus tells it; or the Grafana that GRAFANA_URL names."""

import os
import urllib.parse
from contextlib import ExitStack

from kit.live.programs import LOOPBACK, answers, free_port, running
from tests.e2e.alerts.asking import PATIENCE, json_of, text_of, until
from tests.e2e.alerts.receivers import CHANNELS, EMAIL, SLACK, TOKEN, WEBHOOK
from tests.e2e.grafana.project import Project
from tests.e2e.grafana.renamed import RULES, renamed

# Alertmanager's counters of attempts: those that failed, and those that ended.
FAILED = "alertmanager_notification_requests_failed_total"
DONE = "alertmanager_notification_latency_seconds_count"
# Where the Grafana under test sends its mail (its own configuration says so, which no API changes), as host:port.
SMTP = "E2E_SMTP"


class Prometheus:
    """What the tests ask of it. `always`: alerts that fire all the time, so that their silence tells."""

    def __init__(self, url, always):
        self.url, self._always = url, always

    def query(self, text):
        """The label sets of an instant query's series."""
        found = json_of(f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': text})}")
        return [one["metric"] for one in found["data"]["result"]]

    def alerts(self, state="firing"):
        """The names of what fires, without what always does."""
        found = self.query(f'ALERTS{{alertstate="{state}"}}')
        return {one["alertname"] for one in found} - self._always

    def unscraped(self):
        """The targets that once did not answer."""
        return {one["instance"] for one in self.query("min_over_time(up[1h]) == 0")}


class Alertmanager:
    """A real one, on its folder: it can be stopped, and started again with what it wrote down."""

    evaluator, receiver, channels, page = "prometheus", "dataflux-webhook", CHANNELS, "df"
    # Where people reach it, as far as its messages know.
    told_as = "http://alertmanager.example:9093"

    def __init__(self, program):
        self._program = program
        self._stack = ExitStack()
        self.address = f"{LOOPBACK}:{free_port()}"
        self.url = f"http://{self.address}"

    def settings(self, work, webhook):
        """What the settings must say for it."""
        return {
            "alertmanager": self.address,
            "alertmanager_webhook_url": webhook.url,
            "secrets_dir": str(work / "secrets"),
        }

    def begin(self, work, compiled, slack, webhook):
        """Give it its secrets, and start it."""
        self._folder = work
        (work / "secrets").mkdir()
        (work / "secrets" / "slack_url").write_text(slack.url)
        (work / "secrets" / "webhook_token").write_text(TOKEN)
        return self._start()

    def _start(self):
        config = self._folder / "monitoring" / "alertmanager" / "alertmanager.yml"
        argv = [self._program, f"--config.file={config}", f"--storage.path={self._folder / 'alertmanager'}"]
        argv += [f"--web.listen-address={self.address}", "--cluster.listen-address="]
        argv += [f"--web.external-url={self.told_as}"]
        log = self._folder / "alertmanager.log"
        ready = f"{self.url}/-/ready"
        self._stack.enter_context(running(argv, log=log, until=lambda: answers(ready), timeout=PATIENCE))

    def quiet(self, but):
        """Which of its rules are not yet quiet; Prometheus is asked instead."""
        return ()

    def restart(self, told):
        """Stop it by SIGTERM and start it again, once it has written down so many messages on each other channel."""
        for channel in (SLACK, EMAIL):
            # Who is stopped between telling somebody and writing that down tells it again.
            until("what was told is written down", lambda channel=channel: self._counted(DONE, channel) < told)
        self._stack.close()
        self._start()

    def end(self):
        self._stack.close()

    def failed(self, channel):
        """Whether it noticed that somebody could not be told."""
        return self._counted(FAILED, channel) >= 2

    def _counted(self, name, channel):
        series = f'{name}{{integration="{channel}"}} '
        lines = text_of(f"{self.url}/metrics").splitlines()
        return next((float(line.removeprefix(series)) for line in lines if line.startswith(series)), 0.0)

    def silenced(self):
        """The labels of alerts that another one silences, with those of the ones that silence them."""
        found = json_of(f"{self.url}/api/v2/alerts")
        by = {one["fingerprint"]: one["labels"] for one in found}
        return [
            (one["labels"], [by[other] for other in one["status"]["inhibitedBy"] if other in by])
            for one in found
            if one["status"]["inhibitedBy"]
        ]


class OfGrafana:
    """A Grafana's own evaluator and notifications. It is published to under names of the suite's own, and swept."""

    evaluator, receiver, page = "grafana", "dataflux-e2e-webhook", "e2e"

    def __init__(self, server, environ):
        self._server, self._environ = server, environ
        self.channels = CHANNELS if os.environ.get(SMTP) else (SLACK, WEBHOOK)

    def settings(self, work, webhook):
        """It is told by variables when it is published."""
        return {}

    def begin(self, work, compiled, slack, webhook):
        """Publish everything, with the rules awake."""
        files = renamed(compiled.files)
        files[RULES] = files[RULES].replace("isPaused: true", "isPaused: false")
        assert self._server.untouched_policies, f"{self._server.url} has a policy tree of somebody's; name another one"
        keys = {key: value for key, value in self._server.keys.items() if value} | {"policies": "own"}
        told = {"SLACK_WEBHOOK_URL": slack.url, "WEBHOOK_URL": webhook.url, "WEBHOOK_TOKEN": TOKEN}
        self._server.sweep()
        Project(work / "project", keys, {**self._environ, **told}).begin(files).publish()

    def quiet(self, but):
        """Its rules that were not evaluated yet, or that are not quiet, without those of the alerts `but`."""
        found = self._server.get("/api/prometheus/grafana/api/v1/rules")["data"]["groups"]
        rules = [rule for group in found if group["file"].startswith("E2E") for rule in group["rules"]]
        never = "0001-01-01"
        asleep = [one["name"] for one in rules if one["lastEvaluation"].startswith(never)]
        loud = [one["name"] for one in rules if one["state"] != "inactive" and one["name"] not in but]
        return asleep + loud if rules else ["all rules"]

    def restart(self, told):
        """It is not ours to stop."""

    def end(self):
        self._server.sweep()

    def failed(self, channel):
        """Whether it noticed that somebody could not be told."""
        found = self._server.get("/api/alertmanager/grafana/config/api/v1/receivers")
        attempts = [one for point in found for one in point["integrations"] if point["name"] == self.receiver]
        return any(one.get("lastNotifyAttemptError") for one in attempts)

    def silenced(self):
        """Its warnings end in their own condition."""
        return []

"""Who watches the watchers."""

from tests.stories.telling.series import PLACE, counting, held, minute
from tests.stories.telling.story import Alert, crossing, story

DOWN = Alert(
    "MonitoringDown",
    "critical",
    "monitoring_up",
    "The monitoring is down: nothing else can wake anybody now.",
    ("df-monitoring", "Prometheus"),
)
EXPORTER = Alert(
    "ExporterDown",
    "warning",
    "exporter_health",
    "An exporter does not answer, so what it watches is unseen.",
    ("df-monitoring", "Exporters"),
)
COLLECTOR = Alert(
    "CollectorFailing",
    "warning",
    "collector_health",
    "A collector of the dataflux-exporter finds nothing.",
    ("df-monitoring", "Collectors"),
)
RULES = Alert(
    "RulesFailing",
    "warning",
    "prometheus_rule_failures",
    "Some rules of Prometheus fail.",
    ("df-monitoring", "Rules that fail"),
)
REJECTED = Alert(
    "ConfigurationRejected",
    "warning",
    "prometheus_reload",
    "Prometheus or Alertmanager runs with an old configuration.",
    ("df-monitoring", "Configuration read"),
)

ANSWERS_NOT = "0 of the Prometheus servers answer, it should be 1 or more."
NOT_THERE = "Prometheus does not answer, or does not watch itself any more."
PROMETHEUS = {"job": "prometheus", "instance": "p:9090"}
READ = "{}_config_last_reload_successful{{{}}}"


def gone(since):
    """What is gone has other labels than what is down (a job), so that the hold begins anew."""
    return DOWN.quiet(minute(since + 1.75)) + DOWN.fires(minute(since + 2), said=NOT_THERE, job="prometheus")


def evaluated(*failures):
    """Rules of one group: four a minute, of which so many fail."""
    name, labels = "prometheus_rule_evaluation", 'rule_group="g",instance="p:9090"'
    minutes = sum(length for _, length in failures)
    return {
        f"{name}_failures_total{{{labels}}}": counting(*failures),
        f"{name}s_total{{{labels}}}": counting((4, minutes)),
    }


STORIES = (
    *crossing(
        DOWN,
        'up{job="prometheus",instance="p:9090"}',
        level=1,
        beyond=0,
        hold=2,
        said=ANSWERS_NOT,
        who={},
        gone=gone,
    ),
    story(
        "MonitoringDown fires where there is no Prometheus, whatever else answers, and another place has one",
        {
            'up{job="node",instance="h:9100"}': held((1, 10)),
            **{f'up{{job="prometheus",instance="p:9090",{label}="other"}}': held((1, 10)) for label in PLACE},
        },
        gone(0),
    ),
    *crossing(
        EXPORTER,
        'up{job="node",instance="h:9100"}',
        level=1,
        beyond=0,
        hold=5,
        said="node at h:9100 is down: up is 0, it should be 1.",
        who={"job": "node", "instance": "h:9100"},
    ),
    story(
        "ExporterDown is quiet about a service that is down: ServiceDown tells",
        {'up{job="dataflux-services",service="query-service",instance="q:8002"}': held((0, 30))},
        EXPORTER.quiet("5m", "29m"),
    ),
    story(
        "ExporterDown is quiet about a Prometheus that is down: MonitoringDown tells",
        {'up{job="prometheus",instance="p:9090"}': held((0, 30))},
        EXPORTER.quiet("5m", "29m"),
    ),
    *crossing(
        COLLECTOR,
        'dataflux_exporter_collector_success{collector="assets",instance="e:9400"}',
        level=1,
        beyond=0,
        hold=10,
        said="The collector assets is 0, it should be 1: what it collects goes stale.",
        who={"collector": "assets"},
    ),
    story(
        "RulesFailing fires 5 min after a rule fails, not before, and recovers when the failures have left its window",
        evaluated((1, 20), (0, 20)),
        RULES.quiet("5m", "25m15s", "39m"),
        RULES.fires("5m15s", "20m", said="25% of the rule evaluations fail (level 0 %)."),
    ),
    story(
        "RulesFailing is quiet about failures of long ago",
        evaluated((0, 30)),
        RULES.quiet("5m15s", "29m"),
    ),
    *crossing(
        REJECTED,
        READ.format("prometheus", 'job="prometheus",instance="p:9090"'),
        level=1,
        beyond=0,
        hold=5,
        said="prometheus at p:9090 did not accept its configuration: 0, it should be 1.",
        who=PROMETHEUS,
    ),
    story(
        "ConfigurationRejected tells of an Alertmanager that refused its configuration, until it takes one",
        {
            READ.format("prometheus", 'job="prometheus",instance="p:9090"'): held((1, 40)),
            READ.format("alertmanager", 'job="alertmanager",instance="a:9093"'): held((1, 5), (0, 20), (1, 15)),
        },
        REJECTED.quiet("5m", "9m45s", "25m", "39m"),
        REJECTED.fires(
            "10m",
            "24m45s",
            said="alertmanager at a:9093 did not accept its configuration: 0, it should be 1.",
            job="alertmanager",
            instance="a:9093",
        ),
    ),
)

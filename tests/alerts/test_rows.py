"""Each row of the brief as a story over time: it fires after its hold, not before, not at its level, and recovers."""

import pytest
from attrs import frozen

from kit.model.words import seconds


def minutes(duration):
    return seconds(duration) / 60


def at(time):
    """Minutes as promtool's duration."""
    return f"{round(time * 60)}s"


TICK = 0.25  # one evaluation, in minutes


def held(*parts):
    """`held((1, 2), (0, 10))`: 1 for two minutes, then 0 for ten, a sample every 15 s."""
    return " ".join(f"{value}x{round(length / TICK) - 1}" for value, length in parts)


def counting(*parts):
    """`counting((60, 5), (0, 5))`: a counter that grows by 60 a minute for five minutes, then stands still."""
    total, samples = 0, [0]
    for each, length in parts:
        for _ in range(round(length / TICK)):
            total += each * TICK
            samples.append(total)
    return " ".join(f"{sample:g}" if sample < 1e5 else str(sample) for sample in samples)


# --- rows that watch a number as it is


@frozen
class Row:
    """`series` is at `level` (still in order) or `beyond`; what else is read stays as `beside` says."""

    alert: str
    series: str
    level: float
    beyond: float
    hold: str
    who: dict
    beside: dict = {}  # noqa: RUF012

    def course(self, *parts):
        return {**{name: held((value, 90)) for name, value in self.beside.items()}, self.series: held(*parts)}


SERVICE = {"service": "query-service", "instance": "query-service:8002"}
UP = 'up{job="dataflux-services",service="query-service",instance="query-service:8002"}'
QUEUE = 'dataflux_queue_size{queue="analysis",job="dataflux-services",instance="ingestion-service:8001"}'
HOST = 'instance="h:9100",job="node"'
ROOT_DISK = 'device="/dev/sda1",fstype="ext4",mountpoint="/",' + HOST
BACKUP = 'device="/dev/sdb1",fstype="ext4",mountpoint="/backup",' + HOST
ROOT_AT_HOST = {"instance": "h:9100", "mountpoint": "/"}
BOX = 'service="query-service",name="query",image="q:1",id="/q",instance="c:8080",job="cadvisor"'


def disk(what, which=ROOT_DISK):
    return f"node_filesystem_{what}_bytes{{{which}}}"


ROWS = [
    # The brief's table.
    Row("ServiceDown", UP, 1, 0, "1m", SERVICE),
    Row("QueueDepthCritical", QUEUE, 1000, 1001, "5m", {"queue": "analysis"}),
    Row("QueueDepthHigh", QUEUE, 500, 501, "5m", {"queue": "analysis"}),
    Row("DiskUsageHigh", disk("free"), 20, 19.9, "15m", ROOT_AT_HOST, {disk("size"): 100}),
    Row("LowDiskSpace", disk("avail"), 20, 19.9, "5m", ROOT_AT_HOST, {disk("size"): 100}),
    Row(
        "MemoryUsageHigh",
        f"node_memory_MemAvailable_bytes{{{HOST}}}",
        10,
        9.9,
        "5m",
        {"instance": "h:9100"},
        {f"node_memory_MemTotal_bytes{{{HOST}}}": 100},
    ),
    Row(
        "ContainerMemoryHigh",
        f"container_memory_working_set_bytes{{{BOX}}}",
        90,
        90.1,
        "5m",
        {"service": "query-service", "name": "query", "instance": "c:8080"},
        {f"container_spec_memory_limit_bytes{{{BOX}}}": 100},
    ),
    # Exceptions have rules of their own.
    Row(
        "QueueDepthCriticalReindex", 'dataflux_queue_size{queue="reindex"}', 50_000, 50_001, "5m", {"queue": "reindex"}
    ),
    Row("QueueDepthHighReindex", 'dataflux_queue_size{queue="reindex"}', 25_000, 25_001, "5m", {"queue": "reindex"}),
    Row(
        "DiskUsageHighBackup",
        disk("free", BACKUP),
        5,
        4.9,
        "15m",
        {"instance": "h:9100", "mountpoint": "/backup"},
        {disk("size", BACKUP): 100},
    ),
    Row(
        "LowDiskSpaceBackup",
        disk("avail", BACKUP),
        5,
        4.9,
        "5m",
        {"instance": "h:9100", "mountpoint": "/backup"},
        {disk("size", BACKUP): 100},
    ),
    # Around the table.
    Row("DatabaseDown", 'pg_up{instance="p:9187"}', 1, 0, "1m", {"instance": "p:9187"}),
    Row(
        "DatabaseConnectionsHigh",
        'pg_stat_database_numbackends{instance="p:9187",datname="dataflux"}',
        80,
        80.1,
        "5m",
        {"instance": "p:9187"},
        {'pg_settings_max_connections{instance="p:9187",server="p:5432"}': 100},
    ),
    Row("CacheDown", 'redis_up{instance="r:9121"}', 1, 0, "1m", {"instance": "r:9121"}),
    Row(
        "CacheMemoryHigh",
        'redis_memory_used_bytes{instance="r:9121"}',
        90,
        90.1,
        "15m",
        {"instance": "r:9121"},
        {'redis_memory_max_bytes{instance="r:9121"}': 100},
    ),
    Row("KafkaDown", 'kafka_brokers{instance="k:9308"}', 1, 0, "1m", {"instance": "k:9308"}),
    Row(
        "KafkaUnderReplicated",
        'kafka_topic_partition_under_replicated_partition{topic="t",partition="0"}',
        0,
        1,
        "10m",
        {"topic": "t"},
    ),
    Row("ObjectStorageNodeDown", 'minio_cluster_nodes_offline_total{server="m:9000"}', 0, 1, "2m", {}),
    Row("ObjectStorageDriveDown", 'minio_cluster_drive_offline_total{server="m:9000"}', 0, 1, "5m", {}),
    Row(
        "StorageFillHigh",
        'dataflux_storage_used_bytes{service="ingestion-service",store="media"}',
        80,
        80.1,
        "15m",
        {"service": "ingestion-service", "store": "media"},
        {'dataflux_storage_capacity_bytes{service="ingestion-service",store="media"}': 100},
    ),
    Row(
        "QueueOldestHigh", 'dataflux_queue_oldest_age_seconds{queue="analysis"}', 900, 901, "5m", {"queue": "analysis"}
    ),
    Row("MonitoringDown", 'up{job="prometheus",instance="p:9090"}', 1, 0, "2m", {}),
    Row("ExporterDown", 'up{job="node",instance="h:9100"}', 1, 0, "5m", {"job": "node", "instance": "h:9100"}),
    Row(
        "CollectorFailing",
        'dataflux_exporter_collector_success{collector="assets",instance="e:9400"}',
        1,
        0,
        "10m",
        {"collector": "assets"},
    ),
    Row(
        "ConfigurationRejected",
        'prometheus_config_last_reload_successful{instance="p:9090"}',
        1,
        0,
        "5m",
        {"instance": "p:9090"},
    ),
]
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.alert)


@rows
def test_it_fires_after_its_hold_and_not_before_and_recovers_at_once(row, story, happens):
    start, hold = 10, minutes(row.hold)
    recovery = start + hold + 5
    happens(
        story(
            row.alert,
            row.course((row.level, start), (row.beyond, hold + 5), (50 if "avail" in row.series else row.level, 5)),
            silent=(at(start), at(start + hold - TICK), at(recovery), at(recovery + 4)),
            fires=(at(start + hold), at(recovery - TICK)),
            who=row.who,
        )
    )


@rows
def test_it_is_silent_at_its_level_however_long(row, story, happens):
    hold = minutes(row.hold)
    happens(story(row.alert, row.course((row.level, hold + 30)), silent=(at(hold), at(hold + 1), at(hold + 29))))


@pytest.mark.parametrize("row", [row for row in ROWS if "avail" not in row.series], ids=lambda row: row.alert)
def test_a_moment_in_order_starts_the_hold_anew(row, story, happens):
    hold = minutes(row.hold)
    happens(
        story(
            row.alert,
            row.course((row.beyond, hold - TICK), (row.level, TICK), (row.beyond, hold + 2)),
            silent=(at(hold - TICK), at(hold), at(2 * hold - TICK)),
            fires=(at(2 * hold), at(2 * hold + 1)),
            who=row.who,
        )
    )


def test_the_holds_and_severities_are_those_of_the_brief(prometheus_rules):
    asked = {
        "ServiceDown": ("critical", "1m"),
        "ErrorRateHigh": ("critical", "2m"),
        "QueueDepthCritical": ("critical", "5m"),
        "DiskUsageHigh": ("critical", "15m"),
        "MemoryUsageHigh": ("critical", "5m"),
        "ContainerMemoryHigh": ("critical", "5m"),
        "ResponseTimeHigh": ("warning", "5m"),
        "CpuUsageHigh": ("warning", "15m"),
        "LowDiskSpace": ("warning", "5m"),
        "QueueDepthHigh": ("warning", "5m"),
    }
    rules = {name: prometheus_rules[name] for name in asked}
    assert {name: (rule["labels"]["severity"], rule["for"]) for name, rule in rules.items()} == asked


# --- service down


def test_one_dead_replica_of_two_is_down(story, happens):
    dead = 'up{job="dataflux-services",service="query-service",instance="b:8002"}'
    fires = story("ServiceDown", {UP: held((1, 10)), dead: held((0, 10))}, silent=["45s"], fires=["1m"])
    happens(fires.because(service="query-service", instance="b:8002"))


def test_a_service_whose_targets_are_all_gone_is_down(story, happens):
    nothing = {'up{job="node",instance="h:9100"}': held((1, 10))}
    fires = story("ServiceDown", nothing, silent=["45s"], fires=["1m"])
    happens(fires.because(job="dataflux-services"))


def test_another_job_that_is_down_is_no_service(story, happens):
    happens(story("ServiceDown", {UP: held((1, 30)), 'up{job="node"}': held((0, 30))}, silent=["5m", "29m"]))


def test_a_service_that_is_no_target_any_more_is_missing(story, happens):
    there = 'up{job="dataflux-services",service="ingestion-service",instance="ingestion-service:8001"}'
    third = 'up{job="dataflux-services",service="analysis-service",instance="analysis-service:8003"}'
    series = {there: held((1, 30)), third: held((1, 30)), UP: held((1, 10), ("_", 20))}
    # Prometheus looks back 5 minutes where a series only stops; a target that is gone is marked at once.
    series[UP] = f"{held((1, 10))} stale"
    fires = story("ServiceMissing", series, silent=["9m", "14m45s"], fires=["15m", "20m"])
    happens(fires.because(service="query-service", job="dataflux-services"))


# --- error rate: more than 5 % of at least 20 requests in 5 minutes


def requests(service="query-service", **each):
    """Requests a minute by status, for 20 minutes; `_200=95` is 95 answers of 200."""
    name = "dataflux_requests_total"
    return {
        f'{name}{{service="{service}",endpoint="/search",status="{status[1:]}"}}': counting((count, 20))
        for status, count in each.items()
    }


@pytest.mark.parametrize(
    "answers",
    [
        {"_200": 950, "_500": 50},
        {"_200": 950, "_500": 25, "_503": 25},
        {"_200": 500, "_404": 500},
        {"_200": 1000},
        {"_200": 0, "_500": 0},
        {"_200": 3.4, "_500": 0.4},
    ],
    ids=["5 % exactly", "5 % of two codes", "callers' mistakes", "no 5xx series", "no requests", "19 requests"],
)
def test_the_error_rate_is_silent_at(answers, story, happens):
    happens(story("ErrorRateHigh", requests(**answers), silent=["2m", "5m", "10m", "19m"]))


def test_the_error_rate_fires_above_5_percent_after_2_minutes(story, happens):
    fires = story(
        "ErrorRateHigh", requests(_200=940, _404=7, _500=30, _503=23), silent=["15s", "2m"], fires=["2m15s", "19m"]
    )
    happens(fires.because(service="query-service"))


def test_the_error_rate_needs_20_requests_in_its_window(story, happens):
    # 21 in 5 minutes: the 20th comes with the fifth minute, and the hold begins then.
    fires = story("ErrorRateHigh", requests(_200=3.78, _500=0.42), silent=["5m", "6m45s"], fires=["7m", "19m"])
    happens(fires.because(service="query-service"))


def test_each_service_has_its_own_error_rate(story, happens):
    busy = requests("ingestion-service", _200=1_000_000)
    fires = story("ErrorRateHigh", {**busy, **requests(_200=50, _500=50)}, fires=["2m15s"])
    happens(fires.because(service="query-service"))


def test_the_error_rate_recovers_when_the_errors_leave_its_window(story, happens):
    ends = {
        'dataflux_requests_total{service="query-service",endpoint="/",status="200"}': counting((940, 20)),
        'dataflux_requests_total{service="query-service",endpoint="/",status="500"}': counting((60, 5), (0, 15)),
    }
    fires = story("ErrorRateHigh", ends, silent=["7m", "12m"], fires=["5m"])
    happens(fires.because(service="query-service"))


# --- response time: P95 above 1 s


def answered(quick, slow, *, bound="2.5", endpoint="/search", one="1.0"):
    """`quick` answers a minute within one second, `slow` within `bound`."""
    name, labels = "dataflux_request_duration_seconds_bucket", f'service="query-service",endpoint="{endpoint}"'
    grown = {one: quick, bound: quick + slow, "+Inf": quick + slow}
    return {f'{name}{{{labels},le="{le}"}}': counting((count, 20)) for le, count in grown.items()}


@pytest.mark.parametrize("one", ["1", "1.0"], ids=["Go", "Python"])
def test_the_response_time_fires_above_1_s_after_5_minutes(one, story, happens):
    fires = story("ResponseTimeHigh", answered(94, 6, one=one), silent=["5m"], fires=["5m15s", "19m"])
    happens(fires.because(service="query-service"))


def test_the_response_time_is_silent_where_95_percent_take_less_than_1_s(story, happens):
    happens(story("ResponseTimeHigh", answered(96, 4), silent=["5m15s", "19m"]))


def test_the_response_time_is_silent_where_nobody_asks(story, happens):
    happens(story("ResponseTimeHigh", answered(0, 0), silent=["5m15s", "19m"]))


def test_a_video_upload_may_take_longer(story, happens):
    slow = answered(0, 100, endpoint="/upload/video", bound="30")
    happens(story("ResponseTimeHigh", slow, silent=["5m15s", "19m"]))
    happens(story("ResponseTimeHighUploadVideo", slow, silent=["5m15s", "19m"]))


def test_a_video_upload_that_takes_more_than_30_s_fires(story, happens):
    name = 'dataflux_request_duration_seconds_bucket{service="query-service",endpoint="/upload/video"'
    grown = {"30.0": 90, "60.0": 100, "+Inf": 100}
    slow = {f'{name},le="{le}"}}': counting((count, 20)) for le, count in grown.items()}
    fires = story("ResponseTimeHighUploadVideo", slow, silent=["5m"], fires=["5m15s"])
    happens(fires.because(service="query-service", endpoint="/upload/video"))


def test_slow_uploads_do_not_hide_behind_quick_searches_nor_the_other_way_round(story, happens):
    both = {**answered(94, 6), **answered(10_000, 0, endpoint="/upload/video")}
    happens(story("ResponseTimeHigh", both, fires=["5m15s"]).because(service="query-service"))


# --- CPU: above 70 % for 15 minutes


def busy(share):
    cpu = f"node_cpu_seconds_total{{{HOST},cpu="
    return {
        f'{cpu}"0",mode="idle"}}': counting((60 * (1 - share), 40)),
        f'{cpu}"0",mode="user"}}': counting((45 * share, 40)),
        f'{cpu}"0",mode="system"}}': counting((15 * share, 40)),
    }


def test_the_cpu_fires_above_70_percent_after_15_minutes(story, happens):
    fires = story("CpuUsageHigh", busy(0.71), silent=["15m"], fires=["15m15s", "39m"])
    happens(fires.because(instance="h:9100"))


def test_the_cpu_is_silent_below_70_percent(story, happens):
    happens(story("CpuUsageHigh", busy(0.69), silent=["15m15s", "39m"]))


# --- disks


def draining(free, each_hour):
    """A disk of 1000 with `free` left, that loses so much in an hour."""
    loss = each_hour / 60 * TICK
    return {disk("size"): held((1000, 60)), disk("avail"): f"{free}-{loss}x239", disk("free"): f"{free}-{loss}x239"}


def test_a_disk_on_course_to_fill_within_a_day_is_low_on_space(story, happens):
    fires = story("LowDiskSpace", draining(900, each_hour=38), silent=["5m"], fires=["5m15s", "50m"])
    happens(fires.because(**ROOT_AT_HOST))


def test_a_disk_on_course_to_fill_in_more_than_a_day_is_not(story, happens):
    happens(story("LowDiskSpace", draining(900, each_hour=36), silent=["5m15s", "50m"]))


def test_what_is_reserved_for_root_counts_as_used_by_the_warning_only(story, happens):
    reserved = {disk("size"): held((100, 60)), disk("avail"): held((19, 60)), disk("free"): held((24, 60))}
    happens(story("LowDiskSpace", reserved, fires=["5m"]).because(**ROOT_AT_HOST))
    happens(story("DiskUsageHigh", reserved, silent=["15m", "59m"]))


def test_a_backup_volume_may_be_fuller(story, happens):
    fuller = {disk(what, BACKUP): held((value, 60)) for what, value in (("size", 100), ("avail", 10), ("free", 10))}
    for alert in ("DiskUsageHigh", "LowDiskSpace", "DiskUsageHighBackup", "LowDiskSpaceBackup"):
        happens(story(alert, fuller, silent=["5m", "15m", "59m"]))


@pytest.mark.parametrize("kind", ["tmpfs", "overlay", "squashfs"])
def test_file_systems_that_are_full_by_nature_are_left_out(kind, story, happens):
    virtual = ROOT_DISK.replace("ext4", kind)
    full = {disk(what, virtual): held((value, 60)) for what, value in (("size", 100), ("avail", 0), ("free", 0))}
    for alert in ("DiskUsageHigh", "LowDiskSpace"):
        happens(story(alert, full, silent=["5m", "15m", "59m"]))


# --- queues, containers, and what is counted


def test_a_queue_that_three_replicas_export_is_not_three_times_as_long(story, happens):
    replicas = {f'dataflux_queue_size{{queue="analysis",instance="i{n}:8001"}}': held((400, 30)) for n in range(3)}
    happens(story("QueueDepthHigh", replicas, silent=["5m", "29m"]))


def test_a_long_reindex_queue_is_only_judged_by_its_own_level(story, happens):
    long = {'dataflux_queue_size{queue="reindex"}': held((20_000, 30))}
    for alert in ("QueueDepthHigh", "QueueDepthCritical", "QueueDepthHighReindex", "QueueDepthCriticalReindex"):
        happens(story(alert, long, silent=["5m", "29m"]))


def test_an_old_item_in_the_reindex_queue_is_no_alert(story, happens):
    old = {'dataflux_queue_oldest_age_seconds{queue="reindex"}': held((90_000, 30))}
    happens(story("QueueOldestHigh", old, silent=["5m", "29m"]))


def test_a_container_without_a_limit_is_never_near_it(story, happens):
    free = {
        f"container_memory_working_set_bytes{{{BOX}}}": held((10**10, 30)),
        f"container_spec_memory_limit_bytes{{{BOX}}}": held((0, 30)),
    }
    happens(story("ContainerMemoryHigh", free, silent=["5m", "29m"]))


def test_a_container_that_restarts_more_than_3_times_in_an_hour_fires(story, happens):
    series = 'kube_pod_container_status_restarts_total{namespace="n",pod="p",container="c",uid="u"}'
    who = {"namespace": "n", "pod": "p", "container": "c"}
    rises = "0 " + held((0, 5)) + " 1x9 2x9 3x9 5x60"
    happens(story("PodRestarting", {series: rises}, silent=["10m", "15m"], fires=["25m"]).because(**who))
    happens(story("PodRestarting", {series: held((7, 60))}, silent=["10m", "59m"]))


def analysed(failed, all_):
    labels = 'service="analysis-service",analyzer="faces",media_type="image"'
    return {
        f"dataflux_analysis_failures_total{{{labels}}}": counting((failed, 30)),
        f"dataflux_analysis_duration_seconds_count{{{labels}}}": counting((all_, 30)),
    }


def test_an_analyzer_that_fails_more_than_10_percent_fires(story, happens):
    fires = story("AnalysisFailing", analysed(12, 100), silent=["10m"], fires=["10m15s", "29m"])
    happens(fires.because(analyzer="faces"))
    happens(story("AnalysisFailing", analysed(9, 100), silent=["10m15s", "29m"]))
    happens(story("AnalysisFailing", analysed(2, 3.8), silent=["10m15s", "29m"]))


def test_rules_that_fail_fire(story, happens):
    name, labels = "prometheus_rule_evaluation", 'rule_group="g",instance="p:9090"'
    fails = {
        f"{name}_failures_total{{{labels}}}": counting((1, 30)),
        f"{name}s_total{{{labels}}}": counting((4, 30)),
    }
    happens(story("RulesFailing", fails, silent=["5m"], fires=["5m15s", "29m"]))
    fails[f"{name}_failures_total{{{labels}}}"] = held((3, 30))
    happens(story("RulesFailing", fails, silent=["5m15s", "29m"]))


# --- every alert has its story

BY_THEMSELVES = {
    "ErrorRateHigh",
    "ResponseTimeHigh",
    "ResponseTimeHighUploadVideo",
    "CpuUsageHigh",
    "StatusLabelMissing",
    "ServiceMissing",
    "PodRestarting",
    "AnalysisFailing",
    "RulesFailing",
    # In test_watchers.py.
    "Watchdog",
    "ExporterMissing",
    "MetricMissing",
    "LabelMissing",
    "GrafanaRulesFailing",
    "NotificationsFailing",
    "AlertmanagerUnreachable",
    "NobodyNotifies",
}


def test_every_alert_has_its_story(prometheus_rules):
    assert {row.alert for row in ROWS} | BY_THEMSELVES == set(prometheus_rules)

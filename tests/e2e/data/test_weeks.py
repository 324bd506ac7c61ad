"""The weeks before, asked last: they are filled while the rest is tested."""

import time

import pytest

from tests.e2e.data.conftest import waiting

DAY = 86_400


def test_five_weeks_follow_with_what_is_recorded(demo):
    def there():
        return demo.query('count(up{instance="node-1:9100"})', time.time() - 34 * DAY)

    waiting(there)
    at = (time.time() - 20 * DAY) // 300 * 300
    rate = demo.query("sum by (service) (rate(dataflux_requests_total[5m]))", at)
    assert {labels["service"] for labels, _ in rate} == {"ingestion-service", "query-service"}
    [raw] = demo.query('sum(rate(dataflux_requests_total{service="query-service"}[5m]))', at)
    name = 'sum(endpoint_service_status:dataflux_requests:rate5m{service="query-service"})'
    [recorded] = waiting(lambda: demo.query(name, at))
    assert recorded[1] == pytest.approx(raw[1], rel=0.25)
    days = demo.query("count_over_time(up{instance='node-1:9100'}[30d:1d] offset 1d)", time.time())
    assert days[0][1] >= 29

"""Where do assets get stuck on their way through the analysis?"""

from dashboards.variables import media_type
from kit.draw.page import Page
from kit.draw.panel import bargauge, pie, stat, table, timeseries
from signals import business, queue

page = Page(
    "Pipeline",
    variables=[media_type],
    rows={
        "Now": [
            stat(business.assets.by(), width=6),
            stat(business.asset_failures.by(), width=6),
            pie(business.asset_results, width=6, height=5),
            bargauge(queue.depth, width=6, height=5),
        ],
        "Stages": [
            timeseries(business.stages),
            timeseries(business.stage_failures),
            timeseries(business.stage_latency.only("P95"), key="P95"),
            table(business.stages, business.stage_failures, business.stage_latency, title="Stages"),
        ],
        "Analyzers": [
            timeseries(business.analysis.only("P95"), width=12),
            timeseries(business.analysis_failed, width=12),
        ],
        "In front of the analysis": [timeseries(queue.depth), timeseries(queue.flow), timeseries(queue.processing)],
    },
)

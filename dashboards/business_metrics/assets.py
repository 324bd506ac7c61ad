"""Which assets come in, and what becomes of them?"""

from dashboards.variables import media_type
from kit.draw.page import Page
from kit.draw.panel import pie, stat, table, timeseries
from signals import business

page = Page(
    "Assets",
    variables=[media_type],
    rows={
        "Now": [
            stat(business.assets.by()),
            stat(business.asset_failures.by()),
            stat(business.intake.by()),
            pie(business.holdings.by("media_type"), width=6, height=6),
            pie(business.holdings, key="by state", width=6, height=6),
        ],
        "Processed": [
            timeseries(business.assets, stacked=True),
            timeseries(business.asset_results, stacked=True),
            timeseries(business.asset_failures),
        ],
        "Taken in": [timeseries(business.intake, stacked=True, width=12), timeseries(business.holdings, width=12)],
        "Analyzers": [
            timeseries(business.analysis.only("P95"), width=24),
            table(business.analysis, business.analysis_failed, title="Analyzers", width=24),
        ],
    },
)

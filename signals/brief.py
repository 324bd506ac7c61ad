"""The rows that were asked for. docs/coverage.md is compiled from them; a test holds that each is answered."""

from kit.model.brief import Brief

brief = Brief(
    metrics={
        "request rate": "service · requests/s",
        "response time": "service · P50, P95, P99",
        "error rate": "service · 4xx and 5xx, each as a share of requests",
        "active connections": "service · current count",
        "assets processed": "business · per minute",
        "search queries": "business · per second",
        "analysis queue": "business · depth and processing time",
        "storage usage": "business · by service",
        "CPU": "system · per service and overall",
        "memory": "system · used, per service and overall",
        "disk I/O": "system · read and write",
        "network I/O": "system · bytes in and out",
    },
    alerts={
        "service down": "a DataFlux service's target is not up · critical · 1 min",
        "error rate": "more than 5 % 5xx, of at least 20 requests · critical · 5 min window, 2 min hold",
        "queue depth": "more than 1000 waiting · critical · 5 min",
        "disk usage": "more than 80 % used · critical · 15 min",
        "memory usage": "more than 90 % used · critical · 5 min",
        "response time": "P95 above 1 second · warning · 5 min window, 5 min hold",
        "CPU usage": "above 70 % · warning · 15 min",
        "low disk space": "less than 20 % free · warning · 5 min",
        "high queue depth": "more than 500 waiting · warning · 5 min",
    },
    rows={
        "system_overview": ("Service health", "Resource utilization", "Request rates and errors", "Queue depths"),
        "application_metrics": (
            "API endpoint performance",
            "Database query performance",
            "Cache hit rates",
            "Processing pipeline status",
        ),
        "business_metrics": (
            "Asset processing rates",
            "Search performance",
            "User activity",
            "Storage utilization",
        ),
        "infrastructure": ("Container health", "Network performance", "Disk usage", "Log analysis"),
    },
)

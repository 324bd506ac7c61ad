"""The scrape jobs of DataFlux itself; whose the others are, each area says."""

SERVICES = "dataflux-services"
EXPORTER = "dataflux-exporter"

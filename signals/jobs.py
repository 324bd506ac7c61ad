"""The scrape jobs of DataFlux itself; whose the others are, each area says."""

from kit.settings import SERVICES_JOB

SERVICES = SERVICES_JOB
EXPORTER = "dataflux-exporter"

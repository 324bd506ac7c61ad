"""The ingestion-service as an example: what a Python service of DataFlux measures, and how."""

SERVICE = "ingestion-service"
VERSION = "1.0.0"

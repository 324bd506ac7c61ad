"""Requests to Grafana: what goes over the wire, whether it is tried again, and what a failure is called."""

"""Measurements: whole commands, and how compiling and checking grow with the number of dashboards."""

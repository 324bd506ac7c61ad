"""What is compiled, put into a running Grafana: planned from reads, locked, read back, and undone again."""

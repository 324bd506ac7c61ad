"""The same rules, targets and routes as objects of the Prometheus Operator: file.py says what is written where."""

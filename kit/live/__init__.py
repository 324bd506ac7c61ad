"""What talks to systems that run: programs on this machine, and a Prometheus that is asked what it has."""

"""How: the machinery. Knows no metric, dashboard or alert of DataFlux."""

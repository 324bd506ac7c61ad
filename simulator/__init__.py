"""DataFlux, played: services, stores, hosts and containers with plausible days, for demos and tests.

The world is stepped through time (world.py); each stretch of steps is turned into the series that the catalogue of
signals/ names (plays/); a stretch in the past becomes Prometheus blocks (history.py), the present is scraped (live.py).
"""

"""What no ordinary exporter gives about DataFlux: storage by service, assets, users, queues and their oldest items."""

__version__ = "0.1.0"

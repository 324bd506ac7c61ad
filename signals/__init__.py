"""What is measured: metrics and the signals that people watch, one module an area."""

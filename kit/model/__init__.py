"""What is measured and said about it: metrics, expressions, signals, levels, alerts. Pure, no I/O."""

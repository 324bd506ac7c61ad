"""House style: one function a panel kind, rows to positions, grafanalib to canonical JSON."""

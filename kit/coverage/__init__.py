"""Which panels, variables, annotations and rules have data in a running system, and why others have none.

`ask.coverage` asks everything; what is asked, how Grafana would fill it in, how an answer is judged and explained, and
how it is told, are a module each. Only kit/live/prometheus.py opens a socket.
"""

"""Measure a scrape of dataflux-exporter with 10,000 series over HTTP: `python -m bench.exporter`. It judges nothing."""

import gzip
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SERIES = 10_000
SCRAPES = 50
EXPORTER = Path(__file__).resolve().parents[1] / "monitoring" / "exporters" / "dataflux-exporter"

# In a process of its own, so that who asks does not take time from who answers.
SERVER = """
import time
from dataflux_exporter.render import registry
from dataflux_exporter.samples import ASSETS, Sample
from dataflux_exporter.store import Limits, Store
from dataflux_exporter.web import Server

store = Store({"assets": Limits(3600, SERIES)}, time.monotonic)
samples = (Sample(ASSETS, (f"state-{n % 20}", f"type-{n}"), float(n)) for n in range(SERIES))
store.put("assets", "by_state", tuple(samples))
store.finish("assets", success=True, duration=0.1)
server = Server(("127.0.0.1", 0), registry(store), lambda: True, store.unfinished)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def scrape(url: str, encoding: str) -> tuple[float, int, int]:
    """Seconds that a scrape took, its bytes on the wire, and its series."""
    headers = {
        "Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
        "Accept-Encoding": encoding,
    }
    begun = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        body = answer.read()
    took = time.perf_counter() - begun
    text = gzip.decompress(body) if encoding == "gzip" else body
    return took, len(body), sum(line.startswith(b"dataflux_assets{") for line in text.splitlines())


def main() -> None:
    """Print p50 and max of many scrapes, as Prometheus asks (gzip) and plain."""
    code = SERVER.replace("SERIES", str(SERIES))
    with subprocess.Popen([sys.executable, "-c", code], cwd=EXPORTER, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/metrics"
        print(f"{SCRAPES} scrapes of {SERIES:,} series; Python {sys.version.split()[0]}")
        for encoding in ("gzip", "identity"):
            taken = [scrape(url, encoding) for _ in range(SCRAPES)]
            assert all(series == SERIES for _, _, series in taken)
            times = [took for took, _, _ in taken]
            print(
                f"  {encoding:<9} p50 {statistics.median(times):.3f} s  max {max(times):.3f} s  {taken[0][1]:>9,} bytes"
            )
        server.terminate()


if __name__ == "__main__":
    main()

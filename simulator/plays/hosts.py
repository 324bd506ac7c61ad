"""The hosts, as node_exporter tells of them."""

from typing import Any

import numpy as np

from signals import host as signals
from simulator import cast
from simulator.sheet import Page, Sheet

PAGE_SIZE = 4096
# How the busy time divides into modes.
BUSY = {"user": 0.7, "system": 0.22, "softirq": 0.04, "nice": 0.02, "irq": 0.02}
# What only root may write.
RESERVE = 0.01


def play(sheet: Sheet) -> None:
    """See the package."""
    for host in cast.HOSTS:
        page = sheet.at(signals.NODE, f"{host.name}:9100")
        one = sheet.frame["host", host.name]
        _cpu(page, host, one)
        _memory(page, host, one)
        _disks(sheet, page, host, one)
        _network(page, one)


def _cpu(page: Page, host: cast.Host, one: Any) -> None:
    modes = {mode: one.cpu * part for mode, part in BUSY.items()}
    modes |= {"iowait": one.iowait, "steal": one.steal}
    modes["idle"] = np.maximum(0.0, 1 - sum(modes.values()))
    for number in range(host.cpus):
        for mode, part in modes.items():
            page.counter(signals.cpu_seconds, part, cpu=str(number), mode=mode)
    busy = one.cpu + one.iowait
    page.gauge(signals.load_1m, np.round(host.cpus * (busy + np.maximum(0, busy - 0.85) * 4), 2))


def _memory(page: Page, host: cast.Host, one: Any) -> None:
    page.gauge(signals.memory_total, host.memory)
    page.gauge(signals.memory_available, np.round(host.memory * (1 - one.memory)))
    page.counter(signals.swap_in, one.swap)
    page.counter(signals.swap_out, one.swap * 1.1)


def _disks(sheet: Sheet, page: Page, host: cast.Host, one: Any) -> None:
    for mountpoint, (device, size, _) in host.mounts.items():
        mount = sheet.frame["mount", host.name, mountpoint]
        on = {"device": device, "fstype": "ext4", "mountpoint": mountpoint}
        free = np.round(size * (1 - mount.used))
        page.gauge(signals.disk_size, size, **on)
        page.gauge(signals.disk_free, free, **on)
        page.gauge(signals.disk_available, np.maximum(0, free - np.round(size * RESERVE)), **on)
        page.gauge(signals.inodes, 1.3e7, **on)
        page.gauge(signals.inodes_free, np.round(1.3e7 * (1 - mount.files)), **on)
    devices = sorted({device.rstrip("0123456789").removeprefix("/dev/") for device, _, _ in host.mounts.values()})
    for device in devices:
        share = 1 / len(devices)
        read, written = one.read * share, one.written * share
        page.counter(signals.disk_read, read, device=device)
        page.counter(signals.disk_written, written, device=device)
        busy = np.minimum(0.99, (read + written) / 6e8 + one.iowait * 1.2)
        page.counter(signals.disk_busy, busy, device=device)


def _network(page: Page, one: Any) -> None:
    page.counter(signals.received, one.received, device="eth0")
    page.counter(signals.sent, one.sent, device="eth0")
    page.counter(signals.receive_drops, one.drops, device="eth0")
    page.counter(signals.transmit_drops, one.drops * 0.3, device="eth0")
    page.counter(signals.receive_errors, one.errors, device="eth0")
    page.counter(signals.transmit_errors, one.errors * 0.2, device="eth0")

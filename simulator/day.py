"""How busy people are: the rhythm of days and weeks."""

import math

DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0
WEEKEND = 0.45
NIGHT = 0.12


def weekday(time: float) -> int:
    """0 is Monday; `time` in Unix seconds, UTC."""
    return int((time // DAY + 3) % 7)


def activity(time: float) -> float:
    """How much people do, 0 to 1, at a Unix time: a slow morning, a dip at noon, a quiet night and weekend."""
    hour = time % DAY / HOUR
    morning, afternoon = _bell(hour, 10.2, 2.0), _bell(hour, 15.0, 2.6)
    evening = 0.35 * _bell(hour, 20.5, 2.0)
    day = NIGHT + (1 - NIGHT) * min(1.0, 0.92 * morning + afternoon + evening)
    return day * (WEEKEND if weekday(time) > 4 else 1.0)


def _bell(hour: float, middle: float, width: float) -> float:
    apart = min(abs(hour - middle), 24 - abs(hour - middle))
    return math.exp(-((apart / width) ** 2) / 2)

"""What wakes people about the queues."""

from kit.model.alert import critical, warning
from signals import business, queue

QueueDepthCritical = critical(
    queue.depth,
    summary="A queue is far longer than it should be.",
    description="{value} items wait in the queue {queue} (level {level}).",
    answers="queue depth",
)
QueueDepthHigh = warning(
    queue.depth,
    summary="A queue grows longer than usual.",
    description="{value} items wait in the queue {queue} (level {level}).",
    answers="high queue depth",
)
QueueOldestHigh = warning(
    queue.oldest,
    summary="An item has waited in its queue for too long.",
    description="The oldest item in the queue {queue} has waited {value} (level {level}).",
)
AnalysisFailing = warning(
    business.analysis_failed,
    summary="An analyzer fails more often than it should.",
    description="The analyzer {analyzer} fails {value} of its assets (level {level}).",
)

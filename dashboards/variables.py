"""What can be chosen on some pages; every page has cluster and environment before these."""

from kit.draw.page import choice
from signals import business, container, host, queue
from signals import service as services

# `.+`, not `.*`: Loki refuses a selector that also matches lines without any label.
service = choice("service", "Service", services.up, every=".+", job=services.SERVICES)
container_service = choice("service", "Service", container.started, every=".+")
endpoint = choice("endpoint", "Endpoint", services.requests)
instance = choice("instance", "Host", host.load_1m)
queue_name = choice("queue", "Queue", queue.size)
media_type = choice("media_type", "Media type", business.processed)
modality = choice("modality", "Modality", business.searches)

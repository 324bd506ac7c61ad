"""Storage node down: a MinIO node and its drives are offline."""

from simulator.world import World

lasts = "20m"
shows = "minio_nodes minio_drives"
alerts = "ObjectStorageNodeDown ObjectStorageDriveDown"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.objects.nodes, world.objects.drives, world.objects.slow = 1, 4, 2

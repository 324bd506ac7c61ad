"""Broken model: the new model for faces fails on more than half of the images."""

from simulator.world import World

lasts = "30m"
shows = "analysis_failed"
alerts = "AnalysisFailing"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.analyzer("faces", "image").failing = 0.6
    world.say("analysis-service", "ERROR", "Analysis failed: faces: input has 4 channels, 3 expected", rate=0.8)

"""What Grafana's UI does to a dashboard that was published, beside what a person changes in it."""

import subprocess


def committed(place):
    """The project in a repository of its own."""
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=place.root, check=True)


def test_the_text_that_was_published_is_found_though_a_save_takes_the_message_away(stage):
    committed(stage.place)
    stage.published()
    stage.grafana.person.edits_dashboard("df-queues", {"title": "Other"})
    stage.grafana.person.annotates("dashboards", "df-queues", annotations={"grafana.app/message": None})
    ended = stage.run("pull", uid="df-queues")
    assert ended.code == 0, ended.said
    assert "compared with commit" in ended.said, ended.said

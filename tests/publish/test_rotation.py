"""Another secret of a contact point, which Grafana hides: it is written when it is asked for by name."""


def test_a_new_secret_is_written_where_it_is_asked_for(published):
    published.environ["SLACK_WEBHOOK_URL"] = "https://hooks.example.org/another"
    assert published.plan().steps == []
    (step,) = published.plan(overwrite=("df-slack",)).target["steps"]
    assert step["detail"] == "written again, with the secrets that are set here"
    ended = published.publish(overwrite=("df-slack",))
    assert (ended.code, ended.ended) == (0, {"df-slack": "written"})
    assert any(
        entry.method == "PUT" and "contact-points/df-slack" in entry.path for entry in published.grafana.writes()
    )
    published.is_settled()


def test_what_hides_nothing_is_not_written_again(published):
    assert published.plan(overwrite=("df-queues",)).steps == []

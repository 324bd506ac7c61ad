"""The law: no alert without a story in which it fires and one in which it does not."""


def untold(names, stories, always=("Watchdog",)):
    """What is missing, in sentences. `names`: the alerts that are compiled, exceptions of levels among them; `always`:
    those that fire by nature, and have nothing to be quiet about."""
    fired = {m.alert.name for story in stories for m in story.moments if m.firing}
    silent = {
        name
        for story in stories
        for name in story.alerts
        if not any(m.firing for m in story.moments if m.alert.name == name)
    }
    silent |= set(always)
    known = {name for story in stories for name in story.alerts}
    return [
        *(f"{name} has no story in which it fires" for name in names if name not in fired),
        *(
            f"{name} has no story in which it stays quiet"
            for name in names
            if name not in silent and name not in always
        ),
        *(f"there is no alert {name}, but a story about it" for name in sorted(known - set(names))),
    ]


def told_twice(stories):
    """Sentences that name more than one story."""
    sentences = [story.sentence for story in stories]
    return sorted({sentence for sentence in sentences if sentences.count(sentence) > 1})

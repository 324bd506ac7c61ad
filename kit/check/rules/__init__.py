"""The laws: each module has `check(build) -> Iterator[Finding]`, and its name, with dashes, is the rule's id."""

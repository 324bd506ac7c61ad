"""How a command about publishing ends.

| exit | plan, drift | publish |
|---|---|---|
| 0 | no differences (or differences without `--check`) | all as planned, read back |
| 1 | unexpected error | unexpected error |
| 2 | usage, configuration, stale or broken build | same |
| 3 | preflight: login, permission, data source, version, provisioned from files | same; nothing written |
| 4 | | partial: list of what was written and what was not |
| 5 | edited in Grafana since the last publish, or the last publish is no ancestor | same; nothing written |
| 6 | foreign object, or prune limit | same; nothing written |
| 10 | differences, with `--check` | |
| 130 | interrupted | interrupted |
"""

OK, ERROR, USAGE, PREFLIGHT, PARTIAL, CONFLICT, FOREIGN = 0, 1, 2, 3, 4, 5, 6
DIFFERENT, INTERRUPTED = 10, 130


class Refused(Exception):
    """It cannot go on: the exit code, and one sentence that says what is wrong and what to do."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code

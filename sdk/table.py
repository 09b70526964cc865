"""What is printed at the end."""

from collections.abc import Iterable, Iterator, Sequence

from .trial import FAIL, PASS, SKIPPED, Trial

STEPS = ("generate", "compile", "call")
HEAD = ("client", "language", "result", *STEPS)


def table(trials: Sequence[Trial]) -> str:
    """Return a line for each client, and under the table what went wrong."""
    rows = [HEAD, *(row(trial) for trial in trials)]
    widths = [max(map(len, column)) for column in zip(*(row[:6] for row in rows), strict=True)]
    lines = [aligned(row, widths) for row in rows]
    return "\n".join([*lines, "", counts(trials), *reports(trials)])


def row(trial: Trial) -> tuple[str, ...]:
    seconds = (f"{trial.seconds[step]:.1f} s" if step in trial.seconds else "-" for step in STEPS)
    return (trial.client.name, trial.client.language, trial.outcome, *seconds, trial.reason)


def aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if at > 2 else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=False))
    ]
    return "  ".join([*cells, *row[len(widths) :]]).rstrip()


def counts(trials: Iterable[Trial]) -> str:
    outcomes = [trial.outcome for trial in trials]
    names = {PASS: "passed", FAIL: "failed", SKIPPED: "skipped"}
    return "clients: " + ", ".join(f"{outcomes.count(key)} {name}" for key, name in names.items())


def reports(trials: Iterable[Trial]) -> Iterator[str]:
    for trial in trials:
        if trial.report:
            yield f"\n{trial.client.name}: {trial.reason}"
            yield from (f"    {line}" for line in trial.report)

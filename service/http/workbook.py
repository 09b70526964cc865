"""A list as an Excel workbook."""

import functools
from collections.abc import Iterator

from .files import by_disk
from .formats import File, Table


def as_xlsx(table: Table) -> Iterator[bytes]:
    """Write the workbook to a file on disk, then send that.

    Raises ProblemError for what a worksheet does not hold.
    """
    # openpyxl takes longer to import than Flask: whoever asks first for a workbook waits for it.
    from .workbook_writer import save

    return by_disk(functools.partial(save, table))


XLSX = File(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
    as_xlsx,
    "an Excel workbook",
)

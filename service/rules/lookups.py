"""Looking up what a path names."""

from service.problems import unknown_in_path
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

# What the codes of a codelist mean: a row by codelist and code.
Meanings = dict[str, dict[str, Row]]


def known_code(snapshot: Snapshot, codelist: str, given: str, where: str) -> str:
    """Return the code of what a path names. Raises a 404 ProblemError that names the nearest."""
    code = snapshot.codes.find(codelist, given)
    if code is None:
        raise unknown_in_path(codelist, given, snapshot.codes.nearest(codelist, given), where)
    return code


def meanings_of_codes(snapshot: Snapshot) -> Meanings:
    """Return what the codes in an observation mean that are data."""
    found: Meanings = {}
    for row in snapshot.fetch_fixed("structures/list"):
        found.setdefault(row["codelist"], {})[row["code"]] = row
    return found

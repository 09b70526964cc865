"""withdrawn.yaml in a release's folder: that its figures are no longer served, since when and why.

The folder stays, and with it the id. What is withdrawn stays withdrawn, whatever is loaded again.
"""

import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import yaml

from importers.files import read_yaml, write_whole
from importers.packs import folders
from importers.refusals import refuse
from importers.releases import check_formulas, check_keys

KEYS: dict[str, tuple[type, ...]] = {"withdrawn_on": (date,), "withdrawn_reason": (str,)}


@dataclass(frozen=True)
class Withdrawal:
    """The day and the reason, which is served as it stands."""

    withdrawn_on: date
    withdrawn_reason: str


def record_of(folder: Path) -> Path:
    return folder / "withdrawn.yaml"


def has_record(folder: Path) -> bool:
    """Whether a release is withdrawn; a record that cannot be read is one, too."""
    return os.path.lexists(record_of(folder))


def read_withdrawals(data: Path, local: Path | None) -> dict[str, Withdrawal]:
    """Return the withdrawals by release: a record in one of its folders is enough."""
    return {
        folder.name: read_withdrawal(record_of(folder))
        for folder in folders(data, local)
        if has_record(folder)
    }


def read_withdrawal(path: Path) -> Withdrawal:
    content = read_yaml(path)
    refuse(check_keys(path, "", content, KEYS, required=KEYS) or check_formulas(path, content))
    return Withdrawal(**content)


def write_withdrawal(path: Path, withdrawal: Withdrawal) -> None:
    text = yaml.safe_dump(asdict(withdrawal), sort_keys=False, allow_unicode=True, width=100)
    write_whole(path, text)

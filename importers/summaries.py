"""Says of a file that was taken in what is in it, and what it changes: as text and as JSON."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeAlias

from importers.changes import KINDS, Change
from importers.drafts import Draft
from importers.figures import Figure
from importers.packs import Pack
from importers.reference import Reference
from importers.releases import KEYS

Status: TypeAlias = Literal["written", "replaced", "unchanged", "trial"]

SAID: dict[Status, str] = {
    "written": "written",
    "replaced": "written anew",
    "unchanged": "is there already with the same figures: left as it is",
    "trial": "a trial: nothing is written",
}
# What is counted apart, and shown by themselves below the text.
LISTS = ("currencies", "notes", "exceptions")
LARGEST = 10


@dataclass(frozen=True)
class Summary:
    """A release that was taken in, with the releases of its source before it."""

    path: Path
    status: Status
    draft: Draft
    reference: Reference
    figures: list[Figure]
    changed: list[Change]
    earlier: list[Pack]

    @property
    def present(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.value is not None]

    @property
    def blanks(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.missing_reason == "not_reported"]

    @property
    def new(self) -> int:
        """Return how many figures no release before has."""
        known = {figure.key for _, figures in self.earlier for figure in figures if figure.value}
        return sum(figure.key not in known for figure in self.present)

    @property
    def largest(self) -> list[Change]:
        """Return the revisions that moved most, in percent; a rate of change has no percentage."""
        revised = [
            one
            for one in self.changed
            if one.kind == "revision" and self.reference.units[one.figure.indicator] != "pct"
        ]
        return sorted(revised, key=size, reverse=True)[:LARGEST]

    def counts(self) -> dict[str, Counter[str]]:
        """Return by indicator how many figures changed, by kind."""
        counts = {indicator: Counter[str]() for indicator in self.reference.indicators}
        for change in self.changed:
            counts[change.figure.indicator][change.kind] += 1
        return {indicator: kinds for indicator, kinds in counts.items() if kinds}

    def to_json(self) -> dict[str, Any]:
        release, present = self.draft.release, self.present
        areas = {figure.area for figure in present}
        years = [figure.year for figure in present]
        return {
            "release": release.id,
            "status": self.status,
            "file": str(self.path),
            "folder": str(release.folder),
            "said": {
                key: {"value": plain(release.__dict__[key]), "by": self.draft.origins[key]}
                for key in KEYS
            },
            "members": len(areas & self.reference.members.keys()),
            "aggregates": len(areas - self.reference.members.keys()),
            "year_first": min(years),
            "year_last": max(years),
            "indicators": len({figure.indicator for figure in present}),
            "figures": len(present),
            "estimates": sum(figure.stage == "estimate" for figure in present),
            "missing": dict(Counter(one.missing_reason for one in self.figures if not one.value)),
            "blanks": [blank(figure) for figure in self.blanks],
            "changes": {
                "from": [before.id for before, _ in self.earlier],
                "new": self.new,
                "by_indicator": {
                    indicator: {kind: kinds[kind] for kind in KINDS}
                    for indicator, kinds in self.counts().items()
                },
                "largest": [moved(change) for change in self.largest],
            },
        }

    def lines(self) -> Iterator[str]:
        """Yield the summary as text, line by line."""
        told, release = self.to_json(), self.draft.release
        yield f"{release.id}: {SAID[self.status]}"
        for key in KEYS:
            value = release.__dict__[key]
            text = f"{len(value)}" if key in LISTS else str(plain(value))
            yield f"  {key:<18} {text}  [{self.draft.origins[key]}]"
        yield (
            f"  {told['members']} members and {told['aggregates']} aggregates x "
            f"{told['year_first']}-{told['year_last']} x {told['indicators']} indicators: "
            f"{told['figures']:,} figures, {told['estimates']:,} of them estimates"
        )
        missing = ", ".join(f"{count:,} {reason}" for reason, count in told["missing"].items())
        yield f"  without a figure: {missing or 'none'}"
        for cell in told["blanks"]:
            yield f"    blank: {cell['area']} {cell['indicator']} {cell['year']}"
        for note in release.notes:
            yield f"  note {note['id']}: {note['text']}"
        yield from self.change_lines()

    def change_lines(self) -> Iterator[str]:
        names = ", ".join(before.id for before, _ in self.earlier)
        if not names:
            yield "  no release of this source before it"
            return
        yield f"  beside {names}: {self.new:,} figures are new"
        for indicator, kinds in self.counts().items():
            text = ", ".join(f"{kinds[kind]:,} {kind}" for kind in KINDS if kinds[kind])
            yield f"    {indicator}: {text}"
        for change in self.largest:
            figure = change.figure
            yield (
                f"    {figure.area} {figure.indicator} {figure.year}: {change.from_value} -> "
                f"{change.to_value} ({change.delta_pct:+.1f} % on {change.from_release})"
            )


def size(change: Change) -> Decimal:
    return abs(change.delta_pct or Decimal(0))


def blank(figure: Figure) -> dict[str, Any]:
    return {"area": figure.area, "indicator": figure.indicator, "year": figure.year}


def moved(change: Change) -> dict[str, Any]:
    """Return a change with numbers as the text that they are printed as."""
    return blank(change.figure) | {
        "kind": change.kind,
        "from_release": change.from_release,
        "from_value": str(change.from_value),
        "to_value": str(change.to_value),
        "delta": str(change.delta),
        "delta_pct": None if change.delta_pct is None else f"{change.delta_pct:.2f}",
    }


def plain(value: Any) -> Any:
    """Return a value of release.yaml as JSON has it: days as text."""
    return value if isinstance(value, str | int | list | dict) or value is None else str(value)

"""Checking a claim in the figures of a release: what they say, and the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cached_property
from typing import NamedTuple

from service.storage.revision import Row
from service.storage.snapshot import Snapshot

ARITHMETIC = Context(prec=50, rounding=ROUND_HALF_UP)
DECIMALS = 16  # of what is divided
OF_ONE = ("member_value", "gap_to_area")
COUNTS = ("members_at_least", "members_at_most", "members_not_rising")


class Figure(NamedTuple):
    """A figure of a release, or the reason for which it has none."""

    value: Decimal | None
    missing_reason: str | None


# By indicator, year and area.
Figures = Mapping[tuple[str, int, str], Figure]
NO_FIGURE = Figure(None, None)


def figures_of(snapshot: Snapshot, release: str | None) -> Figures:
    """Return the figures of a release that claims are checked in."""
    if release is None:
        return {}

    def find() -> Figures:
        rows = snapshot.fetch_all("claims/figures", {"release": release})
        return {(row["indicator"], row["year"], row["area"]): figure(row) for row in rows}

    return snapshot.revision.find_once(("claims/figures", release), find)


def figure(row: Row) -> Figure:
    return Figure(exact(row["value"]), row["missing_reason"])


def exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def rounded(value: Decimal, digits: int) -> Decimal:
    """Round half up, to zero without a sign."""
    return ARITHMETIC.plus(value.quantize(Decimal(1).scaleb(-digits), context=ARITHMETIC))


def ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or not whole else rounded(part / whole, DECIMALS)


class Cell(NamedTuple):
    """The figure of one member, and the one of the year before."""

    member: str
    value: Decimal | None
    before: Decimal | None
    missing_reason: str | None
    has_armed_forces: bool


@dataclass(frozen=True)
class Check:
    """A claim, the release that it is checked in, and the figures of that release."""

    claim: Row
    release: str | None
    figures: Figures
    members: list[Row]

    @cached_property
    def cells(self) -> list[Cell]:
        """The figures of those who were members in the claim's year."""
        year = self.claim["year"]
        return [self.cell(row) for row in self.members if row["acceded_on"].year <= year]

    def cell(self, member: Row) -> Cell:
        code, found = member["code"], self.find(member["code"])
        before = self.find(code, self.claim["year"] - 1).value
        return Cell(code, found.value, before, found.missing_reason, member["has_armed_forces"])

    def find(self, area: str | None, year: int | None = None) -> Figure:
        if area is None:
            return NO_FIGURE
        return self.figures.get(
            (self.claim["indicator"], year or self.claim["year"], area), NO_FIGURE
        )

    @cached_property
    def missing(self) -> list[Cell]:
        """The members without a figure that they should have."""
        needs_before = self.claim["check_kind"] == "members_not_rising"
        return [
            cell
            for cell in self.cells
            if cell.has_armed_forces
            and (cell.value is None or (needs_before and cell.before is None))
        ]

    @cached_property
    def counted(self) -> list[Cell]:
        return [cell for cell in self.cells if self.is_counted(cell, cell.value)]

    @cached_property
    def counted_rounded(self) -> list[Cell]:
        """The members that are counted once their figures are rounded to one decimal."""
        if self.claim["check_kind"] == "members_not_rising":
            return []
        return [
            cell
            for cell in self.cells
            if cell.value is not None and self.is_counted(cell, rounded(cell.value, 1))
        ]

    def is_counted(self, cell: Cell, value: Decimal | None) -> bool:
        kind = self.claim["check_kind"]
        if value is None or kind not in COUNTS:
            return False
        if kind == "members_not_rising":
            return cell.before is not None and value <= cell.before
        threshold = Decimal(self.claim["threshold"])
        return value >= threshold if kind == "members_at_least" else value <= threshold

    @cached_property
    def one(self) -> Cell | None:
        """The member that the claim names."""
        return next((cell for cell in self.cells if cell.member == self.claim["member"]), None)

    @property
    def of_member(self) -> Decimal | None:
        return None if self.one is None else self.one.value

    @cached_property
    def whole(self) -> Figure:
        """The figure of the area that the claim names."""
        return self.find(self.claim["area"])

    @cached_property
    def total(self) -> Decimal | None:
        known = [cell.value for cell in self.cells if cell.value is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def is_of_one(self) -> bool:
        return self.claim["check_kind"] in OF_ONE

    @cached_property
    def found(self) -> Decimal | None:
        """What the release says, in the claim's unit; None where a figure is missing."""
        with localcontext(ARITHMETIC):
            return self.found_of_one() if self.is_of_one else self.found_of_all()

    def found_of_one(self) -> Decimal | None:
        if self.claim["check_kind"] == "member_value":
            return self.in_unit(self.of_member)
        if self.of_member is None or self.whole.value is None:
            return None
        return self.of_member - self.whole.value

    def found_of_all(self) -> Decimal | None:
        kind = self.claim["check_kind"]
        if self.missing:
            return None
        if kind in COUNTS:
            return Decimal(len(self.counted))
        if kind == "members_sum":
            return self.in_unit(self.total)
        if kind == "share_of_area":
            return ratio(percent(self.total), self.whole.value)
        if self.total is None or self.of_member is None:
            return None
        rest = self.total if kind == "member_share" else self.total - self.of_member
        return ratio(percent(self.of_member), rest)

    def in_unit(self, millions: Decimal | None) -> Decimal | None:
        """Thousands of millions are claimed where millions are published."""
        return ratio(millions, Decimal(1000 if self.claim["unit"] == "usd_bn" else 1))

    @cached_property
    def reason(self) -> str:
        """The reason for which a figure is missing."""
        if self.is_of_one:
            own = None if self.one is None else self.one.missing_reason
        else:
            own = max((cell.missing_reason or "" for cell in self.missing), default=None)
        return own or self.whole.missing_reason or "not covered"

    @cached_property
    def verdict(self) -> str:
        claimed, found = exact(self.claim["claimed_value"]), self.found
        if found is None or claimed is None:
            return "not_checkable"
        if self.claim["comparison"] == ">=":
            holds, holds_if_rounded = found >= claimed, rounded(found, 1) >= claimed
        else:
            holds, holds_if_rounded = rounded(found, self.claim["claimed_digits"]) == claimed, False
        if self.claim["check_kind"] in COUNTS:
            holds_if_rounded |= len(self.counted_rounded) == claimed
        if holds:
            return "holds"
        return "holds_if_rounded" if holds_if_rounded else "differs"


def percent(value: Decimal | None) -> Decimal | None:
    return None if value is None else 100 * value

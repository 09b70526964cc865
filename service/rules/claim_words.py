"""The sentences that explain how a claim was checked, and the address of its figures."""

from collections.abc import Iterable
from decimal import Decimal

from .claims import Cell, Check, rounded

UNITS = {
    "usd_bn": " billion US dollars",
    "pct_gdp": " per cent of GDP",
    "pct": " per cent",
    "pp_gdp": " points of GDP",
}
VERDICTS = {
    "holds": "it holds",
    "holds_if_rounded": "it holds only if the figures are rounded to one decimal first",
    "differs": "it differs",
}
BY_SPENDING_YEARS = ("member_value", "member_share", "members_sum", "member_to_rest")


def explanation(today: Check, that_day: Check) -> str:
    """Return the verdict in words, as known today and on the day that it was said."""
    claim = today.claim
    claimed = claim["claimed_value"]
    said = "" if claimed is None else f"; claimed: {plain(Decimal(claimed))}"
    return (
        f"{claim['indicator_title']}, {claim['year']}: {figures_found(today)}{said}; "
        f"{verdict(today)}. As known on {claim['said_on']}: {known_then(that_day)}."
    )


def figures_found(check: Check) -> str:
    if check.found is None:
        return missing(check)
    return f"in {check.release}, {lead(check)}{shown(check)}{counted(check)}{named(check)}"


def known_then(check: Check) -> str:
    if check.found is None:
        return missing(check)
    return f"in {check.release}, {shown(check)}; {verdict(check)}"


def plain(value: Decimal) -> str:
    """Write a number without zeros at its end."""
    return f"{value.normalize():f}"


def shown(check: Check) -> str:
    """Return the value found, with its unit."""
    assert check.found is not None
    digits = (check.claim["claimed_digits"] or 0) + 2
    return plain(rounded(check.found, digits)) + UNITS.get(check.claim["unit"], "")


def verdict(check: Check) -> str:
    if check.claim["claimed_value"] is None:
        return "no figure was claimed"
    return VERDICTS.get(check.verdict, "it cannot be checked")


def missing(check: Check) -> str:
    """Say which figure is missing, and why."""
    claim = check.claim
    if check.release is None:
        return f"no release of {claim['source']} published by then is held"
    if check.is_of_one and check.of_member is None:
        whose = claim["member_name"]
    elif check.missing and not check.is_of_one:
        whose = f"{len(check.missing)} of the {len(check.cells)} members"
    else:
        whose = claim["area_name"] or ""
    return f"{check.release} has no figure for {whose} ({check.reason})"


def lead(check: Check) -> str:
    """Say whose figure it is, where it is no count of members."""
    kind, member, area = (check.claim[name] for name in ("check_kind", "member_name", "area_name"))
    members = len(check.cells)
    match kind:
        case "member_value":
            return f"{member} has "
        case "gap_to_area":
            assert check.of_member is not None
            assert check.whole.value is not None
            own, whole = (plain(rounded(it, 2)) for it in (check.of_member, check.whole.value))
            return f"{member} has {own}, {area} {whole}: a gap of "
        case "member_share":
            return f"{member}, of the sum of the {members} members, has "
        case "member_to_rest":
            return f"{member}, measured by the sum of the {members - 1} others, has "
        case "members_sum":
            return f"the {members} members together have "
        case "share_of_area":
            return f"the {members} members together have, of {area}, "
    return ""


def counted(check: Check) -> str:
    """Say what the members were counted by."""
    claim, members = check.claim, len(check.cells)
    match claim["check_kind"]:
        case "members_at_least":
            return f" of {members} members have at least {claim['threshold']}"
        case "members_at_most":
            return f" of {members} members have at most {claim['threshold']}"
        case "members_not_rising":
            return f" of {members} members have no more than in {claim['year'] - 1}"
    return ""


def named(check: Check) -> str:
    """Name the members counted, and those that rounding would add."""
    with_values = check.claim["check_kind"] == "members_at_most"
    codes = ", ".join(sorted(cell.member for cell in check.counted))
    known = listed(check.counted) if with_values else codes
    added = listed(cell for cell in check.counted_rounded if cell not in check.counted)
    return (f" ({known})" if known else "") + (
        f", and if rounded to one decimal {added} too" if added else ""
    )


def listed(cells: Iterable[Cell]) -> str:
    """Name members with their figures."""
    return ", ".join(
        f"{cell.member} {plain(rounded(cell.value, 3))}"
        for cell in sorted(cells)
        if cell.value is not None
    )


def check_url(check: Check) -> str:
    """Return the path and query that give the figures of the check."""
    claim, release = check.claim, check.release
    chosen = f"&source={claim['source']}" if release is None else f"&release={release}"
    member = f"&member={claim['member']}" if claim["check_kind"] == "member_value" else ""
    return f"{figures_url(check)}{member}{chosen}"


def figures_url(check: Check) -> str:
    claim = check.claim
    kind, year, indicator = claim["check_kind"], claim["year"], claim["indicator"]
    if kind in BY_SPENDING_YEARS:
        return f"/v1/spending-years?year={year}"
    if kind in ("members_at_least", "members_at_most"):
        bound = "gte" if kind == "members_at_least" else "lte"
        threshold = plain(Decimal(claim["threshold"]))
        return f"/v1/spending-years?year={year}&{indicator}_{bound}={threshold}"
    measured = f"indicator={indicator}"
    if kind == "members_not_rising":
        years = f"year_gte={year - 1}&year_lte={year}"
        return f"/v1/observations?area_kind=member&{measured}&{years}"
    if kind == "gap_to_area":
        areas = f"{claim['member']},{claim['area']}"
        return f"/v1/observations?area={areas}&{measured}&year={year}"
    return f"/v1/observations?{measured}&year={year}"

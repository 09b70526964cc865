"""/v1/spending-years: what each member spent in each year, one row a member and year."""

from typing import Any

from flask import Blueprint

from schemas.base import Range
from schemas.spending_years import (
    SpendingYearItem,
    SpendingYearListQuery,
    SpendingYearPage,
    SpendingYearQuery,
)
from service.http import answers
from service.http.parquet import PARQUET
from service.http.routing import FILES, endpoint
from service.problems import unknown_in_path
from service.rules.lookups import known_code
from service.rules.releases import choose_release
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("spending_years", __name__)


@endpoint(
    blueprint,
    "/v1/spending-years",
    accepts=SpendingYearListQuery,
    returns=SpendingYearPage,
    as_files=(*FILES, PARQUET),
    example="year=2024&share_gdp_pct_gte=2",
)
def list_spending_years(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List spending years: one row for each member and year of one release.

    Use it for tables and counts: which allies spent 2 % of GDP in 2024, as known today
    (`year=2024&share_gdp_pct_gte=2`) or on a day (`as_of=2024-07-01`). The whole table of a
    release fits the default page.
    """
    release = choose_release(snapshot, query)
    return answers.page(snapshot, "spending_years/list", SpendingYearListQuery, query, release)


@endpoint(
    blueprint,
    "/v1/spending-years/<member>/<year>",
    accepts=SpendingYearQuery,
    returns=SpendingYearItem,
)
def get_spending_year(snapshot: Snapshot, query: dict[str, Any], member: str, year: str) -> Any:
    """Get one member's year, in one release.

    The same row in another `release` shows how the publisher revised it.
    """
    release = choose_release(snapshot, query)
    code = known_code(snapshot, "member", member, "/v1/members")
    row = find(snapshot, release, code, year)
    if row is None:
        where = f"/v1/spending-years?member={code}&release={release['id']}"
        raise unknown_in_path("year", f"{year} of {code} in {release['id']}", None, where)
    return answers.item(row, release)


def find(snapshot: Snapshot, release: Row, member: str, year: str) -> Row | None:
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        return None
    of_year = Range("int4range", f"[{year},{year}]")
    asked = {"release": release["id"], "member": member, "year": of_year}
    return snapshot.fetch_one("spending_years/list", asked)

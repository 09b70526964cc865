"""Calls the service through the client that openapi-generator makes for Python."""

import json
import os
from urllib.parse import parse_qs, urlsplit

import burdenshare
from burdenshare import (
    ApiClient,
    ApiException,
    AssessmentsApi,
    CommitmentsApi,
    Configuration,
    MembersApi,
    SpendingYearsApi,
)


def tell(fact: str, value: object) -> None:
    print(json.dumps({"fact": fact, "value": value}))


def connect(url: str) -> ApiClient:
    return ApiClient(Configuration(host=url))


def members(client: ApiClient) -> object:
    return [
        [
            row.code,
            row.name,
            row.aliases,
            row.acceded_on.isoformat(),
            row.eu_member_until and row.eu_member_until.isoformat(),
            row.has_armed_forces,
        ]
        for row in MembersApi(client).list_members().data
    ]


def spending_years(client: ApiClient) -> object:
    page = SpendingYearsApi(client).list_spending_years(
        member=["ISL", "POL", "USA"], stage=["actual", "estimate"], year_gte=2023
    )
    return [
        [
            row.member,
            row.year,
            row.stage,
            row.share_gdp_pct,
            row.spending_usd_m_current,
            row.personnel_thousands,
            [[missing.var_field, missing.reason] for missing in row.missing],
        ]
        for row in page.data
    ]


def two_percent(client: ApiClient) -> object:
    page = SpendingYearsApi(client).list_spending_years(year=2024, share_gdp_pct_gte=2)
    return [page.meta.total, [row.member for row in page.data]]


def commitment(client: ApiClient) -> object:
    row = CommitmentsApi(client).get_commitment("gbr-2025-02-25-spending-2-5").data
    return [
        row.member,
        row.made_on.isoformat(),
        row.value,
        row.value_max,
        row.unit,
        row.due_year,
        row.superseded_by,
        [[source.publisher, source.url] for source in row.sources],
    ]


def pages(client: ApiClient) -> object:
    rows: list[object] = []
    count, cursor = 0, None
    while count == 0 or cursor:
        page = SpendingYearsApi(client).list_spending_years(
            year=2024, sort=["-share_gdp_pct", "member"], limit=10, cursor=cursor
        )
        rows += [[row.member, row.share_gdp_pct] for row in page.data]
        count += 1
        query = parse_qs(urlsplit(page.links.next or "").query)
        [cursor] = query.get("cursor", [None])
    return [count, rows]


def assessments(client: ApiClient) -> object:
    page = AssessmentsApi(client).list_assessments("hague-2025-core", year=2025)
    return [
        page.meta.met_count,
        page.meta.not_met_count,
        [[row.member, row.met, row.within_rounding, row.value, row.gap_pp] for row in page.data],
    ]


def problem(client: ApiClient) -> object:
    try:
        SpendingYearsApi(client).list_spending_years(member=["Polnd"])
    except ApiException as error:
        found: burdenshare.Problem = error.data
        return [error.status, found.code, found.errors[0].name, found.errors[0].did_you_mean]
    return None


client = connect(os.environ["BASE_URL"])
tell("members", members(client))
tell("spending_years", spending_years(client))
tell("two_percent", two_percent(client))
tell("commitment", commitment(client))
tell("pages", pages(client))
tell("assessments", assessments(client))
tell("problem", problem(client))

grown = connect(os.environ["GROWN_URL"])
tell("grown_spending_years", spending_years(grown))
tell("grown_commitment", commitment(grown))

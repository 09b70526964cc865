"""Calls the service through the client that openapi-python-client makes."""

import json
import os
from urllib.parse import parse_qs, urlsplit

from burdenshare_client import Client
from burdenshare_client.api.assessments import list_assessments
from burdenshare_client.api.commitments import get_commitment
from burdenshare_client.api.members import list_members
from burdenshare_client.api.spending_years import list_spending_years
from burdenshare_client.models import (
    AssessmentPage,
    CommitmentItem,
    ListSpendingYearsStageItem,
    MemberPage,
    Problem,
    SpendingYearPage,
)
from burdenshare_client.types import UNSET, Unset


def tell(fact: str, value: object) -> None:
    print(json.dumps({"fact": fact, "value": value}))


def members(client: Client) -> object:
    page = list_members.sync(client=client)
    assert isinstance(page, MemberPage)
    return [
        [
            row.code,
            row.name,
            row.aliases,
            row.acceded_on.isoformat(),
            row.eu_member_until and row.eu_member_until.isoformat(),
            row.has_armed_forces,
        ]
        for row in page.data
    ]


def spending_years(client: Client) -> object:
    page = list_spending_years.sync(
        client=client,
        member=["ISL", "POL", "USA"],
        stage=[ListSpendingYearsStageItem.ACTUAL, ListSpendingYearsStageItem.ESTIMATE],
        year_gte=2023,
    )
    assert isinstance(page, SpendingYearPage)
    return [
        [
            row.member,
            row.year,
            row.stage,
            row.share_gdp_pct,
            row.spending_usd_m_current,
            row.personnel_thousands,
            [[missing.field, missing.reason] for missing in row.missing],
        ]
        for row in page.data
    ]


def two_percent(client: Client) -> object:
    page = list_spending_years.sync(client=client, year=2024, share_gdp_pct_gte=2)
    assert isinstance(page, SpendingYearPage)
    return [page.meta.total, [row.member for row in page.data]]


def commitment(client: Client) -> object:
    item = get_commitment.sync("gbr-2025-02-25-spending-2-5", client=client)
    assert isinstance(item, CommitmentItem)
    row = item.data
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


def pages(client: Client) -> object:
    rows: list[object] = []
    count = 0
    cursor: str | Unset = UNSET
    while count == 0 or cursor:
        page = list_spending_years.sync(
            client=client, year=2024, sort=["-share_gdp_pct", "member"], limit=10, cursor=cursor
        )
        assert isinstance(page, SpendingYearPage)
        rows += [[row.member, row.share_gdp_pct] for row in page.data]
        count += 1
        query = parse_qs(urlsplit(page.links.next_ or "").query)
        cursor = query["cursor"][0] if "cursor" in query else UNSET
    return [count, rows]


def assessments(client: Client) -> object:
    page = list_assessments.sync("hague-2025-core", client=client, year=2025)
    assert isinstance(page, AssessmentPage)
    return [
        page.meta.met_count,
        page.meta.not_met_count,
        [[row.member, row.met, row.within_rounding, row.value, row.gap_pp] for row in page.data],
    ]


def problem(client: Client) -> object:
    answer = list_spending_years.sync_detailed(client=client, member=["Polnd"])
    found = answer.parsed
    assert isinstance(found, Problem)
    error = found.errors[0]
    return [answer.status_code, found.code, error.name, error.did_you_mean]


client = Client(base_url=os.environ["BASE_URL"])
tell("members", members(client))
tell("spending_years", spending_years(client))
tell("two_percent", two_percent(client))
tell("commitment", commitment(client))
tell("pages", pages(client))
tell("assessments", assessments(client))
tell("problem", problem(client))

grown = Client(base_url=os.environ["GROWN_URL"])
tell("grown_spending_years", spending_years(grown))
tell("grown_commitment", commitment(grown))

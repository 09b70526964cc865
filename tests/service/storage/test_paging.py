"""All pages of every list, under every sort and any page size, are exactly the unpaged set."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.aggregates import AggregateListQuery
from schemas.assessments import AssessmentListQuery
from schemas.availability import AvailabilityListQuery
from schemas.base import ListQuery, sortable
from schemas.changelog import ChangelogListQuery
from schemas.claims import ClaimListQuery
from schemas.commitments import CommitmentListQuery
from schemas.exports import ExportListQuery
from schemas.indicators import IndicatorListQuery
from schemas.members import MemberListQuery
from schemas.observations import ObservationListQuery
from schemas.paths import PathListQuery
from schemas.quadrants import QuadrantListQuery
from schemas.rankings import RankingListQuery
from schemas.releases import ReleaseListQuery
from schemas.revision_summaries import RevisionSummaryListQuery
from schemas.revisions import RevisionListQuery
from schemas.search import SearchListQuery
from schemas.sources import SourceListQuery
from schemas.spending_years import SpendingYearListQuery
from schemas.summits import SummitListQuery
from schemas.targets import TargetListQuery
from service.storage import pages

# Each list with a query that leaves it long enough to page and short enough to walk.
LISTS: dict[str, tuple[type[ListQuery], dict[str, str]]] = {
    "/v1/aggregates": (AggregateListQuery, {"release": "nato-2025-08-28", "year_gte": "2024"}),
    "/v1/changelog": (ChangelogListQuery, {}),
    "/v1/availability": (AvailabilityListQuery, {"area": "DEU,ISL,WORLD"}),
    "/v1/claims": (ClaimListQuery, {}),
    "/v1/commitments": (CommitmentListQuery, {}),
    "/v1/exports": (ExportListQuery, {}),
    "/v1/indicators": (IndicatorListQuery, {}),
    "/v1/members": (MemberListQuery, {}),
    "/v1/observations": (ObservationListQuery, {"area": "DEU,ISL,NATO_TOTAL", "year_gte": "2024"}),
    "/v1/paths": (PathListQuery, {"step_pp": "0.2"}),
    "/v1/quadrants": (QuadrantListQuery, {"year": "2024"}),
    "/v1/rankings": (RankingListQuery, {"indicator": "personnel_thousands", "year_gte": "2025"}),
    "/v1/releases": (ReleaseListQuery, {}),
    "/v1/search": (SearchListQuery, {"q": "equipment"}),
    "/v1/revision-summaries": (RevisionSummaryListQuery, {}),
    "/v1/revisions": (RevisionListQuery, {"area": "DEU,LUX,NATO_TOTAL", "year": "2023", "kind": "revision,precision,rebase,currency"}),
    "/v1/sources": (SourceListQuery, {}),
    "/v1/spending-years": (SpendingYearListQuery, {"release": "nato-2025-08-28", "year_gte": "2023"}),
    "/v1/summits": (SummitListQuery, {}),
    "/v1/targets": (TargetListQuery, {}),
    "/v1/targets/wales-2014-spending/assessments": (AssessmentListQuery, {"year_gte": "2025"}),
}  # fmt: skip


def walk(client: FlaskClient, path: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """Return the rows of all pages, following links.next as it stands."""
    rows: list[dict[str, Any]] = []
    url: str | None = f"{path}?{urlencode(query)}"
    while url is not None:
        answer = client.get(url)
        assert answer.status_code == 200, answer.json
        assert answer.json["data"], "a page that is linked to has rows"
        rows += answer.json["data"]
        assert answer.json["meta"]["count"] <= int(query["limit"])
        url = answer.json["links"]["next"]
    assert answer.json["meta"]["total"] == len(rows)
    return rows


def in_order(rows: list[dict[str, Any]], sort: list[str], key: tuple[str, ...]) -> bool:
    """Whether rows stand in the order asked for, nulls last, then by the primary key."""

    def place(row: dict[str, Any]) -> list[Any]:
        parts = []
        for name in [*sort, *key]:
            value = row[name.removeprefix("-")]
            shown = value.encode() if isinstance(value, str) else value
            parts.append((value is None, Descending(shown) if name[0] == "-" else shown))
        return parts

    return rows == sorted(rows, key=place)


def default_order(schema: type[ListQuery]) -> list[str]:
    return [f"{'-' * descending}{name}" for name, descending in schema.order]


class Descending:
    """A value that sorts the other way round."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: "Descending") -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and bool(self.value == other.value)


@pytest.mark.parametrize("path", LISTS)
def test_every_sort_alone_pages_to_the_whole_set(client: FlaskClient, path: str) -> None:
    schema, query = LISTS[path]
    every = client.get(f"{path}?{urlencode(query)}").json["data"]
    size = str(max(1, len(every) // 3))
    for name in sortable(schema.row):
        for sort in (name, f"-{name}"):
            rows = walk(client, path, query | {"sort": sort, "limit": size})
            assert in_order(rows, [sort], schema.key), sort
            assert sorted(rows, key=repr) == sorted(every, key=repr), sort


@pytest.mark.parametrize("path", LISTS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_all_pages_are_the_whole_set(client: FlaskClient, path: str, data: st.DataObject) -> None:
    schema, query = LISTS[path]
    every = client.get(f"{path}?{urlencode(query)}").json["data"]
    names = st.sampled_from(sorted(sortable(schema.row)))
    signs = st.sampled_from(["", "-"])
    sort = [
        f"{sign}{name}"
        for name, sign in data.draw(
            st.lists(st.tuples(names, signs), max_size=3, unique_by=lambda pair: pair[0])
        )
    ]
    limit = data.draw(st.integers(max(1, len(every) // 12), len(every) + 1))
    asked = query | {"limit": str(limit)} | ({"sort": ",".join(sort)} if sort else {})
    rows = walk(client, path, asked)
    assert in_order(rows, sort or default_order(schema), schema.key)
    assert sorted(rows, key=repr) == sorted(every, key=repr)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Set above how many rows those of a long list are taken in the order of an index."""

    def setting(rows: int) -> None:
        monkeypatch.setattr(pages, "FEW", rows)
        pages.paged.cache_clear()

    yield setting
    pages.paged.cache_clear()


@pytest.mark.parametrize("most", [0, 100])
@pytest.mark.parametrize("sort", ["", "area", "-indicator", "-source,-area", "unit,indicator"])
def test_pages_of_many_rows_are_those_of_few(
    client: FlaskClient, few: Callable[[int], None], sort: str, most: int
) -> None:
    path = "/v1/revisions"
    schema, query = LISTS[path]
    every = client.get(f"{path}?{urlencode(query)}").json["data"]
    few(most)
    asked = query | {"limit": str(len(every) // 5)} | ({"sort": sort} if sort else {})
    rows = walk(client, path, asked)
    assert in_order(rows, sort.split(",") if sort else [], schema.key)
    assert sorted(rows, key=repr) == sorted(every, key=repr)


def cursor_of(client: FlaskClient, url: str) -> str:
    link = client.get(url).json["links"]["next"]
    return str(link.partition("cursor=")[2])


def test_a_page_may_change_its_size_on_the_way(client: FlaskClient) -> None:
    cursor = cursor_of(client, "/v1/members?limit=10")
    rest = client.get(f"/v1/members?limit=100&cursor={cursor}").json["data"]
    assert [row["code"] for row in rest] == [
        row["code"] for row in client.get("/v1/members").json["data"]
    ][10:]


@pytest.mark.parametrize(
    "url",
    [
        "/v1/members?region=europe&limit=10",
        "/v1/members?sort=name&limit=10",
        "/v1/targets?limit=10",
        "/v1/spending-years?limit=10",
        "/v1/targets/wales-2014-spending/assessments?limit=10",
    ],
)
def test_a_cursor_of_another_query_is_refused(client: FlaskClient, url: str) -> None:
    cursor = cursor_of(client, "/v1/members?limit=10")
    answer = client.get(f"{url}&cursor={cursor}")
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor")
    assert [error["name"] for error in answer.json["errors"]] == ["cursor"]


def test_a_forged_cursor_is_refused(client: FlaskClient) -> None:
    import base64
    import json

    true = cursor_of(client, "/v1/spending-years?limit=10")
    content = json.loads(base64.urlsafe_b64decode(true + "=="))
    for change in (
        {"key": None},
        {"key": []},
        {"key": ["ALB"]},
        {"key": ["ALB", "x"]},
        {"key": ["ALB", "99999999999999999999"]},
        {"key": ["A\0B", "2020"]},
        {"key": [1, 2]},
        {"key": {"a": 1}},
        {"release": "nato-1999-01-01"},
        {"release": 7, "key": ["ALB", []]},
    ):
        forged = base64.urlsafe_b64encode(json.dumps(content | change).encode()).decode()
        answer = client.get(f"/v1/spending-years?limit=10&cursor={forged}")
        assert answer.status_code == 400, change
        assert answer.json["code"] == "invalid_cursor", change
    for text in ("x", "%00", "eyJ9", "é", "bnVsbA", "W10", "e30", true[:-3]):
        answer = client.get(f"/v1/spending-years?limit=10&cursor={text}")
        assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor"), text


def test_later_pages_stay_with_the_release_of_the_first(client: FlaskClient) -> None:
    first = client.get("/v1/spending-years?limit=10&as_of=2025-01-01").json
    second = client.get(first["links"]["next"]).json
    assert second["meta"]["release"] == first["meta"]["release"] == "nato-2024-06-17"

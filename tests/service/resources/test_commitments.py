"""What becomes of a commitment: computed from NATO's newest full release once its year is over."""

from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from importers.load import load
from service import clock

from ...conftest import DATA, served

Row = dict[str, Any]

SHARES = {("share_gdp_pct", "pct_gdp"), ("equipment_share_pct", "pct_defence")}


def on(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr(clock, "today", lambda: date.fromisoformat(day))


def states(client: FlaskClient, query: str = "") -> dict[str, str]:
    answer = client.get(f"/v1/commitments?{query}")
    assert answer.status_code == 200, answer.json
    return {row["id"]: row["state"] for row in answer.json["data"]}


def test_who_kept_its_word(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "2026-11-22")
    assert set(states(client, "state=fulfilled")) == {
        "bel-2025-04-spending-2",
        "can-2025-06-09-spending-2",
        "esp-2025-04-22-spending-2",
        "hrv-2019-12-equipment",
        "hun-2023-04-spending-2",
        "ita-2025-04-17-spending-2",
        "nor-2024-03-14-spending-2",
        "prt-2025-06-05-spending-2",
    }
    assert set(states(client, "state=lapsed")) == {
        "alb-2023-07-spending-2",
        "deu-2025-06-24-spending-2-4",
        "hrv-2019-12-spending-2",
        "nor-2025-05-spending-3-3",
        "pol-2024-08-28-spending-4-7",
        "svn-2025-06-spending-2",
    }


@pytest.mark.parametrize("day", ["2020-01-01", "2025-12-31", "2026-01-01", "2099-12-31"])
def test_every_state_is_what_the_figures_say(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, day: str
) -> None:
    on(monkeypatch, day)
    rows = client.get("/v1/spending-years").json["data"]
    figures = {(row["member"], row["year"]): row for row in rows}
    for row in client.get("/v1/commitments").json["data"]:
        expected = "superseded" if row["superseded_by"] else "open"
        year = figures.get((row["member"], row["due_year"]))
        if (
            expected == "open"
            and row["kind"] in ("pledge", "plan")
            and (row["indicator"], row["unit"]) in SHARES
            and year is not None
            and row["due_year"] < int(day[:4])
            and year[row["indicator"]] is not None
        ):
            expected = "fulfilled" if year[row["indicator"]] >= row["value"] else "lapsed"
        assert row["state"] == expected, row
        assert client.get(f"/v1/commitments/{row['id']}").json["data"] == row


@pytest.mark.parametrize(
    ("day", "state"), [("2025-12-31", "open"), ("2026-01-01", "fulfilled"), ("2035-01-01", "fulfilled")]
)  # fmt: skip
def test_a_year_is_over_on_the_first_of_january(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, day: str, state: str
) -> None:
    on(monkeypatch, day)
    path = "/v1/commitments/esp-2025-04-22-spending-2"
    assert client.get(path).json["data"]["state"] == state


def test_the_filter_and_the_order_go_by_the_state_that_is_served(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, "2026-11-22")
    every = states(client)
    for state in ("open", "superseded", "fulfilled", "lapsed"):
        assert set(states(client, f"state={state}")) == {
            name for name, found in every.items() if found == state
        }
    assert list(states(client, "sort=state").values()) == sorted(every.values())
    assert set(states(client, "state=fulfilled,lapsed").values()) == {"fulfilled", "lapsed"}


def test_a_commitment_without_a_figure_to_measure_it_stays_open(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, "2050-01-01")
    found = states(client)
    for name in (
        "gbr-2025-06-03-drones-for-ukraine",  # pieces
        "usa-2025-02-spending-2",  # a demand, of others
        "gbr-2025-06-23-core",  # due in a year that no release has
        "alliance-2025-06-25-core",  # the alliance's
    ):
        assert found[name] == "open"


def test_a_new_year_is_a_new_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "2098-12-31")
    before = client.get("/v1/commitments")
    on(monkeypatch, "2099-01-01")
    for had in (
        {"If-None-Match": before.headers["ETag"]},
        {"If-Modified-Since": before.headers["Last-Modified"]},
    ):
        assert client.get("/v1/commitments", headers=had).status_code == 200
    after = client.get("/v1/commitments")
    assert parsedate_to_datetime(after.headers["Last-Modified"]).isoformat() == "2099-01-01T00:00:00+00:00"  # fmt: skip
    same = {"If-None-Match": after.headers["ETag"]}
    assert client.get("/v1/commitments", headers=same).status_code == 304


def test_another_figure_gives_another_state(
    scratch_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, "2026-11-22")
    load(scratch_database, DATA)
    path, seen = "/v1/commitments/alb-2023-07-spending-2", []
    with served(scratch_database) as app, psycopg.connect(scratch_database, autocommit=True) as own:
        for share in ("2.00", "1.999999", None):
            own.execute(
                "UPDATE spending_year SET share_gdp_pct = %s "
                "WHERE release = 'nato-2026-07-10' AND member = 'ALB' AND year = 2024",
                [share],
            )
            seen.append(app.test_client().get(path).json["data"]["state"])
    assert seen == ["fulfilled", "lapsed", "open"]

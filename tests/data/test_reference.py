"""The reviewable text in data/ holds together, before any database sees it."""

import csv
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
TODAY = date(2026, 11, 22)

HEADERS = {
    "members": "code,alpha2,numeric,name,official_name,aliases,region,acceded_on,is_founder,"
    "currency,has_armed_forces,eu_member_since,eu_member_until,notes",
    "notes": "id,text",
    "summits": "id,kind,name,place,starts_on,ends_on,document_title,document_url,notes",
    "summit_facts": "summit,position,paragraph,text,confidence",
    "targets": "id,title,indicator,comparison,value,unit,state,agreed_at,agreed_on,due_year,"
    "review_year,supersedes,superseded_by,text,notes",
    "commitments": "id,member,made_by,summit,kind,made_on,made_on_precision,indicator,value,"
    "value_max,unit,from_year,due_year,summary,state,superseded_by,backing,notes",
    "claims": "id,said_by,said_on,text,topic,claimed_value,claimed_digits,comparison,unit,"
    "check_kind,indicator,year,member,area,threshold,source,notes",
    "changelog": "id,kind,version,published_on,title,summary,path,is_breaking",
    "references": "subject,id,position,title,publisher,url,published_on,kind",
}
CITED = ("summits", "targets", "commitments", "claims")
NOTED = ("members", *CITED)

# The same as the checks of the migrations: what a cell of the column may be.
CODES = {
    "members": {
        "region": {"europe", "north_america"},
        "is_founder": {"true", "false"},
        "has_armed_forces": {"true", "false"},
    },
    "summits": {"kind": {"summit", "leaders_meeting", "ministers_meeting"}},
    "summit_facts": {"confidence": {"high", "medium", "low"}},
    "targets": {
        "comparison": {">=", "<="},
        "unit": {"pct_gdp", "pct_defence", "pp_per_year"},
        "state": {"proposed", "agreed", "superseded"},
    },
    "commitments": {
        "kind": {"pledge", "plan", "proposal", "demand", "reservation", "statement"},
        "made_on_precision": {"day", "month", "year"},
        "state": {"open", "superseded"},
        "backing": {"official", "several_reports", "one_report"},
    },
    "claims": {
        "topic": {"alliance_total", "burden_sharing", "change", "new_level", "two_percent"},
        "comparison": {"=", ">="},
        "unit": {"pct_gdp", "pp_gdp", "pct", "usd_bn", "members"},
        "check_kind": {
            "member_value",
            "members_sum",
            "member_share",
            "member_to_rest",
            "share_of_area",
            "gap_to_area",
            "members_at_least",
            "members_at_most",
            "members_not_rising",
        },
    },
    "changelog": {"kind": {"contract", "data"}, "is_breaking": {"true", "false"}},
    "references": {"subject": set(CITED), "kind": {"official", "press", "secondary"}},
}
PATTERNS = {
    "members": {
        "code": r"[A-Z]{3}",
        "alpha2": r"[A-Z]{2}",
        "numeric": r"[0-9]{3}",
        "currency": r"[A-Z]{3}",
    },
    "notes": {"id": r"[a-z0-9-]+"},
    "summits": {"id": r"[a-z]+-[0-9]{4}(-[0-9]{2})?"},
    "targets": {"id": r"[a-z0-9-]+"},
    "commitments": {
        "id": r"[a-z0-9-]+",
        "unit": r"|pct_gdp|pct_gni|pct_defence|pp_gdp|pp_per_year|persons|pieces|[A-Z]{3}",
    },
    "claims": {"id": r"[a-z0-9-]+", "claimed_digits": r"|[0-9]", "year": r"[0-9]{4}"},
    "changelog": {
        "id": r"(?!release-)[a-z0-9.-]+",
        "version": r"|[0-9]+\.[0-9]+\.[0-9]+",
        "path": r"|/\S*",
    },
    "references": {"url": r"|https?://\S+"},
}
OPTIONAL = {
    "members": {"aliases", "eu_member_since", "eu_member_until", "notes"},
    "notes": set[str](),
    "summits": {"document_title", "document_url", "notes"},
    "summit_facts": {"paragraph"},
    "targets": {
        "agreed_at",
        "agreed_on",
        "due_year",
        "review_year",
        "supersedes",
        "superseded_by",
        "notes",
    },
    "commitments": {
        "member",
        "summit",
        "indicator",
        "value",
        "value_max",
        "unit",
        "from_year",
        "due_year",
        "superseded_by",
        "notes",
    },
    "claims": {"claimed_value", "claimed_digits", "member", "area", "threshold", "notes"},
    "changelog": {"version", "path"},
    "references": {"url", "published_on"},
}

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def ids(name: str) -> set[str]:
    return {row["code" if name == "members" else "id"] for row in rows(name)}


def items(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


def folded(name: str) -> str:
    """Return a name without accents, case or punctuation, as names are compared."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def dates(name: str) -> list[tuple[str, str]]:
    """Return each date of a file with the row that it stands in."""
    return [
        (str(row), row[column])
        for row in rows(name)
        for column in row
        if row[column] and (column.endswith("_on") or column.startswith("eu_member"))
    ]


@pytest.mark.parametrize("name", HEADERS)
def test_a_file_has_the_agreed_columns(name: str) -> None:
    assert (DATA / f"{name}.csv").read_text("utf-8").splitlines()[0] == HEADERS[name]


@pytest.mark.parametrize("name", HEADERS)
def test_a_file_is_utf_8_with_plain_line_ends(name: str) -> None:
    content = (DATA / f"{name}.csv").read_bytes()

    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\n")
    assert unicodedata.is_normalized("NFC", content.decode("utf-8"))


@pytest.mark.parametrize("name", HEADERS)
def test_no_cell_has_stray_blanks(name: str) -> None:
    for row in rows(name):
        assert all(cell == " ".join(cell.split()) for cell in row.values()), row


@pytest.mark.parametrize("name", HEADERS)
def test_a_cell_is_empty_only_where_it_may_be(name: str) -> None:
    for row in rows(name):
        assert {column for column in row if not row[column]} <= OPTIONAL[name], row


@pytest.mark.parametrize("name", ["members", "notes", *CITED, "changelog"])
def test_a_key_occurs_once(name: str) -> None:
    assert len(ids(name)) == len(rows(name))


@pytest.mark.parametrize("name", CODES)
def test_a_code_is_one_of_its_list(name: str) -> None:
    for row in rows(name):
        assert all(row[column] in allowed for column, allowed in CODES[name].items()), row


@pytest.mark.parametrize("name", PATTERNS)
def test_a_key_has_the_shape_the_database_asks_for(name: str) -> None:
    for row in rows(name):
        shapes = PATTERNS[name].items()
        assert all(re.fullmatch(pattern, row[column]) for column, pattern in shapes), row


@pytest.mark.parametrize("name", ["members", *CITED, "changelog", "references"])
def test_a_date_is_a_day_that_has_been(name: str) -> None:
    for row, text in dates(name):
        assert date.fromisoformat(text) <= TODAY, row


@pytest.mark.parametrize("name", NOTED)
def test_a_note_that_is_pointed_at_is_there(name: str) -> None:
    for row in rows(name):
        assert set(items(row["notes"])) <= ids("notes"), row


def test_a_note_is_a_sentence() -> None:
    for row in rows("notes"):
        assert row["text"][0].isupper(), row
        assert row["text"].endswith("."), row


def test_there_are_32_members_in_the_order_of_their_codes() -> None:
    codes = [row["code"] for row in rows("members")]

    assert len(codes) == 32
    assert codes == sorted(codes)


@pytest.mark.parametrize("column", ["alpha2", "numeric", "name"])
def test_no_two_members_share(column: str) -> None:
    assert max(Counter(row[column] for row in rows("members")).values()) == 1


def test_a_name_or_code_means_one_member_only() -> None:
    meant: dict[str, str] = {}
    for row in rows("members"):
        names = (row["code"], row["alpha2"], row["name"], row["official_name"])
        for name in (*names, *items(row["aliases"])):
            assert meant.setdefault(folded(name), row["code"]) == row["code"], name


def test_an_alias_is_listed_once_and_is_not_the_name_itself() -> None:
    for row in rows("members"):
        aliases = [folded(alias) for alias in items(row["aliases"])]
        assert len({*aliases, folded(row["name"])}) == len(aliases) + 1, row


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        ("Turkey", "TUR"),
        ("Republic of Turkey", "TUR"),
        ("Czech Republic", "CZE"),
        ("Slovak Republic", "SVK"),
        ("FYROM", "MKD"),
        ("Holland", "NLD"),
        ("Great Britain", "GBR"),
        ("UK", "GBR"),
        ("EL", "GRC"),
        ("USA", "USA"),
        ("États-Unis", "USA"),
        ("Allemagne", "DEU"),
    ],
)
def test_a_former_or_foreign_name_is_known(alias: str, code: str) -> None:
    assert [row["code"] for row in rows("members") if alias in items(row["aliases"])] == [code]


def test_the_founders_are_the_twelve_of_1949() -> None:
    founders = {row["code"] for row in rows("members") if row["is_founder"] == "true"}

    assert founders == {row["code"] for row in rows("members") if row["acceded_on"] == "1949-04-04"}
    assert len(founders) == 12


def test_only_iceland_has_no_armed_forces() -> None:
    assert [row["code"] for row in rows("members") if row["has_armed_forces"] == "false"] == ["ISL"]


def test_only_the_united_kingdom_has_left_the_european_union() -> None:
    left = {
        row["code"]: row["eu_member_until"] for row in rows("members") if row["eu_member_until"]
    }

    assert left == {"GBR": "2020-01-31"}


def test_summits_stand_in_the_order_of_their_days() -> None:
    starts = [row["starts_on"] for row in rows("summits")]

    assert starts == sorted(starts)
    assert all(row["starts_on"] <= row["ends_on"] for row in rows("summits"))


def test_every_summit_has_facts_numbered_from_one() -> None:
    positions: dict[str, list[int]] = {}
    for row in rows("summit_facts"):
        positions.setdefault(row["summit"], []).append(int(row["position"]))

    assert set(positions) == ids("summits")
    assert all(found == list(range(1, len(found) + 1)) for found in positions.values())


def test_the_targets_are_the_twelve_of_the_contract() -> None:
    assert ids("targets") == {
        "ministers-2006-spending",
        "wales-2014-spending",
        "wales-2014-equipment",
        "vilnius-2023-spending",
        "vilnius-2023-equipment",
        "hague-2025-total",
        "hague-2025-core",
        "hague-2025-related",
        "us-2025-total",
        "rutte-2025-core",
        "rutte-2025-related",
        "rutte-2025-step",
    }


@pytest.mark.parametrize("name", ["targets", "commitments", "claims"])
def test_a_number_has_an_indicator_that_is_there(name: str) -> None:
    for row in rows(name):
        assert row["indicator"] in ids("indicators") | {""}, row


@pytest.mark.parametrize(("name", "column"), [("targets", "agreed_at"), ("commitments", "summit")])
def test_a_meeting_that_is_named_is_there(name: str, column: str) -> None:
    for row in rows(name):
        assert row[column] in ids("summits") | {""}, row


def test_what_was_agreed_at_a_summit_was_agreed_on_one_of_its_days() -> None:
    days = {row["id"]: (row["starts_on"], row["ends_on"]) for row in rows("summits")}
    for row in rows("targets"):
        if row["agreed_at"] and row["agreed_on"]:  # of 2006 the day is not certain
            first, last = days[row["agreed_at"]]
            assert first <= row["agreed_on"] <= last, row


def test_a_target_was_agreed_at_a_meeting_unless_it_is_a_proposal() -> None:
    for row in rows("targets"):
        assert bool(row["agreed_at"]) == (row["state"] != "proposed"), row


def test_a_target_that_replaces_another_is_named_by_it() -> None:
    successor = {row["id"]: row["superseded_by"] for row in rows("targets")}
    for row in rows("targets"):
        assert not row["supersedes"] or successor[row["supersedes"]] == row["id"], row
        assert row["state"] != "superseded" or row["superseded_by"], row
        assert row["state"] != "agreed" or not row["superseded_by"], row


@pytest.mark.parametrize("name", ["targets", "commitments"])
def test_nothing_is_replaced_by_something_earlier(name: str) -> None:
    column = "agreed_on" if name == "targets" else "made_on"
    # By the month, because the day of some is not known.
    order = {row["id"]: row[column][:7] for row in rows(name)}
    for row in rows(name):
        if row["superseded_by"]:
            assert order[row["id"]] <= order[row["superseded_by"]], row
            assert row["id"] != row["superseded_by"], row


def test_a_commitment_that_names_its_successor_is_superseded() -> None:
    for row in rows("commitments"):
        assert not row["superseded_by"] or row["state"] == "superseded", row


def test_a_commitment_belongs_to_a_member_or_to_the_alliance() -> None:
    for row in rows("commitments"):
        assert row["member"] in ids("members") | {""}, row
        assert row["id"].split("-")[0] == (row["member"].lower() or "alliance"), row


def test_a_commitment_has_a_value_exactly_if_it_has_a_unit() -> None:
    for row in rows("commitments"):
        assert (row["value"] == "") == (row["unit"] == ""), row
        assert not row["value_max"] or float(row["value_max"]) > float(row["value"]), row


def test_the_unit_of_a_commitment_fits_its_indicator() -> None:
    units = {
        "share_gdp_pct": "pct_gdp",
        "total_share_gdp_pct": "pct_gdp",
        "related_share_gdp_pct": "pct_gdp",
        "equipment_share_pct": "pct_defence",
        "personnel_thousands": "persons",
    }
    for row in rows("commitments"):
        assert not row["indicator"] or row["unit"] == units[row["indicator"]], row
        assert row["unit"] != "pct_gdp" or row["indicator"], row


def test_money_is_given_in_single_units() -> None:
    for row in rows("commitments"):
        if re.fullmatch(r"[A-Z]{3}", row["unit"]):
            assert float(row["value"]) >= 100_000_000, row


def test_a_date_that_is_not_known_to_the_day_is_the_first() -> None:
    ends = {"day": "", "month": "-01", "year": "-01-01"}
    for row in rows("commitments"):
        assert row["made_on"].endswith(ends[row["made_on_precision"]]), row


def test_a_commitment_is_due_in_or_after_its_first_year() -> None:
    for row in rows("commitments"):
        if row["from_year"] and row["due_year"]:
            assert int(row["from_year"]) <= int(row["due_year"]), row
        assert not row["due_year"] or int(row["due_year"]) >= int(row["made_on"][:4]), row


def test_no_promise_is_held_twice() -> None:
    columns = ("member", "kind", "made_on", "indicator", "value", "unit", "due_year")
    promises = Counter(
        tuple(row[column] for column in columns) for row in rows("commitments") if row["value"]
    )
    same = {promise for promise, count in promises.items() if count > 1}

    assert same == set()


def test_a_claim_is_said_in_the_digits_that_it_names() -> None:
    for row in rows("claims"):
        decimals = row["claimed_value"].partition(".")[2]
        assert row["claimed_digits"] == (str(len(decimals)) if row["claimed_value"] else ""), row


def test_a_claim_names_what_its_check_takes() -> None:
    takes = {
        "member_value": {"member"},
        "members_sum": set[str](),
        "member_share": {"member"},
        "member_to_rest": {"member"},
        "share_of_area": {"area"},
        "gap_to_area": {"member", "area"},
        "members_at_least": {"threshold"},
        "members_at_most": {"threshold"},
        "members_not_rising": set[str](),
    }
    for row in rows("claims"):
        named = {column for column in ("member", "area", "threshold") if row[column]}
        assert named == takes[row["check_kind"]], row
        assert row["member"] in ids("members") | {""}, row
        assert row["area"] in {area["code"] for area in rows("areas")} | {""}, row
        assert row["source"] in ids("sources"), row


def test_a_claim_opens_with_who_spoke_and_when() -> None:
    for row in rows("claims"):
        assert f"-{row['said_on']}-" in row["id"], row


def test_a_statement_of_the_news_without_a_figure_has_a_note() -> None:
    for row in rows("claims"):
        explained = {"claim-demand", "claim-no-figure"} & set(items(row["notes"]))
        assert bool(explained) == (row["claimed_value"] == ""), row


def test_a_change_has_a_version_exactly_if_it_is_of_the_contract() -> None:
    for row in rows("changelog"):
        assert bool(row["version"]) == (row["kind"] == "contract"), row


def changes_for_people() -> dict[tuple[str, str], str]:
    """Return the parts of CHANGELOG.md by day and heading: "API (1.0.0)" or "Data"."""
    text = (DATA.parent / "CHANGELOG.md").read_text("utf-8")
    found = {}
    for day in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        date_, _, body = day.partition("\n")
        parts = re.split(r"^(API \(.+\)|Data)$", body, flags=re.MULTILINE)[1:]
        found |= {(date_, head): part for head, part in zip(parts[::2], parts[1::2], strict=True)}
    return found


def test_both_changelogs_know_the_same_days_and_versions() -> None:
    heads = {
        (row["published_on"], f"API ({row['version']})" if row["version"] else "Data")
        for row in rows("changelog")
    }
    assert heads == changes_for_people().keys()


def test_a_path_of_the_changelog_is_in_the_one_for_people() -> None:
    for row in rows("changelog"):
        if row["path"]:
            part = changes_for_people()[row["published_on"], f"API ({row['version']})"]
            assert row["path"].removeprefix("/v1/") in part, row


@pytest.mark.parametrize("subject", CITED)
def test_everything_says_where_it_is_written(subject: str) -> None:
    cited = {row["id"] for row in rows("references") if row["subject"] == subject}

    assert cited == ids(subject)


def test_the_references_of_a_row_are_numbered_and_differ() -> None:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows("references"):
        found.setdefault((row["subject"], row["id"]), []).append(row)
    for key, group in found.items():
        assert [int(row["position"]) for row in group] == list(range(1, len(group) + 1)), key
        assert len({row["url"] or row["title"] for row in group}) == len(group), key


def test_an_official_backing_names_the_text() -> None:
    """A copy of an official text, named as one, counts as the text."""
    named: dict[str, str] = {}
    for row in rows("references"):
        if row["subject"] == "commitments":
            title = "official" if row["kind"] == "official" or "(copy)" in row["title"] else ""
            named[row["id"]] = named.get(row["id"], "") or title
    for row in rows("commitments"):
        assert row["backing"] != "official" or named[row["id"]], row


def test_no_promise_rests_on_a_report_that_was_found_too_weak() -> None:
    """The reports are of 2025 and 2026, each alone with its figure or a single sentence."""
    addresses = " ".join(row["url"] for row in rows("references"))
    for weak in (
        "thevoicetv.in",
        "news.by",
        "english.realtribune.ru",
        "worldinformant.com",
        "en.vijesti.me/news-b/politika/761932",
        "fc925436-4bcb-444c-b929-83014f6da44d",
    ):
        assert weak not in addresses

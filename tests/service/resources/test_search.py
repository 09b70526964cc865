"""Search: everything that has a name or a text, found by it, mistyped or not."""

import random
import re
import string
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from flask.testing import FlaskClient

from schemas.codelists import codes_of
from tests.test_conventions import EXAMPLES

Json = dict[str, Any]

SEED = 20261122


def search(client: FlaskClient, q: str, **query: str) -> list[Json]:
    answer = client.get(f"/v1/search?{urlencode({'q': q} | query)}")
    assert answer.status_code == 200, answer.json
    data = answer.json["data"]
    assert isinstance(data, list)
    return data


def found(client: FlaskClient, q: str, **query: str) -> list[tuple[str, str]]:
    return [(hit["kind"], hit["id"]) for hit in search(client, q, **query)]


@pytest.fixture(scope="session")
def members(database_url: str) -> list[tuple[str, list[str]]]:
    """Return each member's code and everything that it is called."""
    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "SELECT code, ARRAY[code, alpha2, numeric, name, official_name] || aliases "
            "FROM member ORDER BY code"
        ).fetchall()


@pytest.fixture(scope="session")
def headings(database_url: str) -> set[str]:
    """Return the words that are no mistake, because something is called so."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT word FROM search_word WHERE is_heading").fetchall()
    return {word for (word,) in rows}


def without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return "".join(at for at in letters if not unicodedata.combining(at))


def wrong(word: str, chance: random.Random) -> str:
    """Return the word with a letter replaced, put in, left out, or changed with the next one."""
    at, letter = chance.randrange(len(word) - 1), chance.choice(string.ascii_lowercase)
    return chance.choice(
        [
            word[:at] + letter + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def mistyped(name: str, headings: set[str], chance: random.Random) -> Iterator[str]:
    """Yield the name, once for each of its longer words, with one letter of that word wrong."""
    words = without_accents(name).lower().split()
    for at, word in enumerate(words):
        if len(word) >= 4 and word.isalpha():
            slip = wrong(word, chance)
            while slip in headings:  # the word itself, or another name
                slip = wrong(word, chance)
            yield " ".join([*words[:at], slip, *words[at + 1 :]])


def test_every_member_is_the_first_by_each_of_its_names(
    client: FlaskClient, members: list[tuple[str, list[str]]]
) -> None:
    owners: dict[str, set[str]] = {}
    for code, names in members:
        for name in names:
            owners.setdefault(without_accents(name).casefold(), set()).add(code)
    assert all(len(codes) == 1 for codes in owners.values()), "two members share a name"
    for code, names in members:
        for name in names:
            for q in (name, name.upper(), name.lower(), f" {name}! "):
                [first] = search(client, q, limit="1")
                assert (first["kind"], first["id"], first["score"]) == ("member", code, 1.0), q


def test_every_member_is_the_first_without_accents_and_however_they_are_coded(
    client: FlaskClient, members: list[tuple[str, list[str]]]
) -> None:
    accented = [(code, name) for code, names in members for name in names if not name.isascii()]
    assert len(accented) > 10
    for code, name in accented:
        for q in (without_accents(name), *(unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKD"))):  # fmt: skip
            assert found(client, q)[0] == ("member", code), q


def test_every_member_is_found_by_each_of_its_names_with_one_letter_wrong(
    client: FlaskClient, members: list[tuple[str, list[str]]], headings: set[str]
) -> None:
    chance, tried = random.Random(SEED), 0
    for code, names in members:
        for name in names:
            for _ in range(4):
                for q in mistyped(name, headings, chance):
                    assert ("member", code) in found(client, q), q
                    tried += 1
    assert tried > 500


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("Turkey", ("member", "TUR")),
        ("turkiye", ("member", "TUR")),
        ("TÜRKİYE", ("member", "TUR")),
        ("UK", ("member", "GBR")),
        ("u.k.", ("member", "GBR")),
        ("el", ("member", "GRC")),
        ("Czech Republic", ("member", "CZE")),
        ("North-Macedonia", ("member", "MKD")),
        ("northmacedonia", ("member", "MKD")),
        ("no", ("member", "NOR")),
        ("equipement", ("indicator", "equipment_share_pct")),
        ("equip", ("indicator", "equipment_share_pct")),
        ("wales-2014-equipment", ("target", "wales-2014-equipment")),
        ("wales equipement", ("target", "wales-2014-equipment")),
        ("hague", ("summit", "hague-2025")),
        ("nato-2024-06-17", ("release", "nato-2024-06-17")),
        ("3.5", ("target", "hague-2025-core")),
        ("usa-2025-01-07-total", ("commitment", "usa-2025-01-07-total")),
        ("all members increased", ("claim", "sipri-2025-06-05-all-rose")),
        ("tur-name", ("note", "tur-name")),
    ],
)
def test_what_comes_first(client: FlaskClient, q: str, first: tuple[str, str]) -> None:
    assert found(client, q)[0] == first


def test_a_whole_answer(client: FlaskClient) -> None:
    answer = client.get("/v1/search?q=Turkey&kind=member,note").json
    assert answer == {
        "data": [
            {
                "kind": "member",
                "id": "TUR",
                "title": "Türkiye",
                "snippet": "Republic of Türkiye; TUR; TR; 792; **Turkey**; Republic of **Turkey**; "
                "Turquie",
                "url": "/v1/members/TUR",
                "score": 1.0,
            },
            {
                "kind": "note",
                "id": "tur-name",
                "title": "Note on Türkiye",
                "snippet": "NATO's tables call the country **Turkey** before 2022 and Türkiye since.",
                "url": "/v1/members/TUR",
                "score": 0.27,
            },
        ],
        "meta": {"api_version": "0.9.0", "count": 2, "total": 2},
        "links": {"self": "/v1/search?kind=member,note&q=Turkey", "next": None},
    }


def test_the_score_is_worked_out_as_it_says(client: FlaskClient) -> None:
    """0.9 x the mean over the words of place (1, 0.6, 0.3) x likeness (1, 0.8, 0.5)."""
    score = {hit["id"]: hit["score"] for hit in search(client, "Czech Repubic")}
    assert score["CZE"] == 0.675  # both in the heading, the second mistyped
    score = {hit["id"]: hit["score"] for hit in search(client, "spain 2.1")}
    assert score == {"esp-2025-06-19-spending-2-1": 0.405}  # in the subject, and in the text
    score = {hit["id"]: hit["score"] for hit in search(client, "ankar")}
    assert score["ankara-2026"] == 0.72  # the beginning of a word in the heading


def test_of_several_words_those_stay_that_have_the_most(client: FlaskClient) -> None:
    both = found(client, "Poland nonsensical")
    assert both == found(client, "Poland")
    assert ("member", "TUR") not in found(client, "Czech Republic")
    texts = [hit["snippet"] for hit in search(client, "munitions factories")]
    assert texts == [text for text in texts if "**factories**" in text]


def test_a_kind_is_what_the_best_is_looked_for_in(client: FlaskClient) -> None:
    assert found(client, "Turkey spending", kind="member") == [("member", "TUR")]
    for kind in codes_of("search-kinds"):
        assert {hit["kind"] for hit in search(client, "nato spending defence", kind=kind)} <= {kind}


def test_every_kind_can_be_found(client: FlaskClient, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT kind, id FROM search_document").fetchall()
    assert {kind for kind, _ in rows} == set(codes_of("search-kinds"))
    for kind, id_ in rows:
        assert (kind, id_) in found(client, id_)


def test_every_document_is_there(client: FlaskClient, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT 'member', code FROM member UNION ALL SELECT 'indicator', id FROM indicator "
            "UNION ALL SELECT 'target', id FROM target UNION ALL SELECT 'summit', id FROM summit "
            "UNION ALL SELECT 'commitment', id FROM commitment UNION ALL SELECT 'claim', id "
            "FROM claim UNION ALL SELECT 'release', id FROM release UNION ALL SELECT 'note', id "
            "FROM note"
        ).fetchall()
        held = connection.execute("SELECT kind, id FROM search_document").fetchall()
    assert sorted(held) == sorted(rows)


def test_every_url_leads_to_the_thing(client: FlaskClient, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT kind, id, url FROM search_document").fetchall()
    answers = {url: client.get(url) for url in {url for *_, url in rows}}
    for kind, id_, url in rows:
        assert answers[url].status_code == 200, url
        data = answers[url].json["data"]
        if kind == "note":
            things = data if isinstance(data, list) else [data]
            assert any(note["id"] == id_ for thing in things for note in thing["notes"]), url
        else:
            assert id_ in (data.get("id"), data.get("code"))


def test_a_snippet_is_short_and_marks_the_words_in_plain_text(
    client: FlaskClient, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        bodies = {
            (kind, id_): body
            for kind, id_, body in connection.execute("SELECT kind, id, body FROM search_document")
        }
    assert not [key for key, body in bodies.items() if "**" in body or "<" in body]
    hits = search(client, "spending")
    assert len(hits) > 50
    for hit in hits:
        assert len(hit["snippet"]) <= 400
        assert hit["snippet"].replace("**", "") in bodies[hit["kind"], hit["id"]]
        marked = re.findall(r"\*\*(.+?)\*\*", hit["snippet"])
        assert {word.lower() for word in marked} <= {"spending", "spend", "spends"}


@pytest.mark.parametrize(
    "q",
    [
        "&", "|", "!", "<->", ":*", "*", "'", '"', "\\", "& | ! <-> :*", "()", "((((", "%", "%(q)s", "...", "-", "_", "\t.\n",
        "😀", "العربية", "Ελλάδα", "\u0301", "\u202e", "\ufeff.", "中国",
        "zzzzzzzzzzzz", "x" * 200, "999999999", "1.2.3.4.5", "qqqq wwww",
    ],
)  # fmt: skip
def test_what_nothing_holds_is_an_empty_list(client: FlaskClient, q: str) -> None:
    answer = client.get(f"/v1/search?{urlencode({'q': q})}").json
    assert (answer["data"], answer["meta"]["total"]) == ([], 0)


@pytest.mark.parametrize(
    "q",
    [
        "Turkey & !Turkey", "Turkey | Poland", "Turkey:*", "Turkey <-> Poland", "'Turkey'", '"Turkey"', "Turkey')) OR 1=1 --",
        "'; DROP TABLE member; --", "Turkey\\", "%Turkey%", "Turkey 😀", "Turkey\u0301", "\uff34urkey", "ﬀ Turkey", "1e5 Turkey 1.5abc",
        "a" * 100 + " " + "b" * 99, "㎭" * 200, "ﷺ" * 200, "ß" * 200, "½" * 200, "e\u0301" * 100, "a b c d e f g h i j k l m n " * 7,
        "Turkye " * 28, "<b>Turkey</b>", "turkey?a=b", "/turkey/..",
    ],
)  # fmt: skip
def test_nothing_that_is_asked_is_read_as_anything_but_words(client: FlaskClient, q: str) -> None:
    hits = search(client, q[:200])
    if "turkey" in unicodedata.normalize("NFKC", q).lower():
        assert ("member", "TUR") in [(hit["kind"], hit["id"]) for hit in hits]
    assert all(0 < hit["score"] <= 1 for hit in hits)


def test_random_text_never_fails(client: FlaskClient) -> None:
    chance = random.Random(SEED)
    letters = string.printable + "éüßıŁø\u0301\u0307½ﬀ٣中😀'\":*&|!<>-\\%"
    for _ in range(300):
        q = "x" + "".join(chance.choices(letters, k=chance.randrange(60)))
        search(client, q)


@pytest.mark.parametrize("q", ["", " ", "\t\n ", "\u00a0", "a\0b", "\0", "x" * 201])
def test_what_is_no_text_is_refused(client: FlaskClient, q: str) -> None:
    answer = client.get(f"/v1/search?{urlencode({'q': q})}")
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_value")
    [error] = answer.json["errors"]
    assert (error["in"], error["name"]) == ("query", "q")
    assert "1 to 200 characters" in error["detail"]


def test_without_anything_to_look_for_it_is_refused(client: FlaskClient) -> None:
    answer = client.get("/v1/search")
    assert (answer.status_code, answer.json["code"]) == (400, "missing_parameter")
    assert [(error["in"], error["name"]) for error in answer.json["errors"]] == [("query", "q")]


def test_an_unknown_kind_is_refused(client: FlaskClient) -> None:
    answer = client.get("/v1/search?q=Turkey&kind=members")
    [error] = answer.json["errors"]
    assert (answer.status_code, error["name"], error["did_you_mean"]) == (400, "kind", "member")


def test_pages_follow_the_score(client: FlaskClient) -> None:
    every = search(client, "defence")
    assert every == sorted(every, key=lambda hit: (-hit["score"], hit["kind"], hit["id"]))
    url, walked = "/v1/search?q=defence&limit=40", []
    while url:
        page = client.get(url).json
        walked += page["data"]
        url = page["links"]["next"]
    assert walked == every
    assert search(client, "defence", score_gte="0.9") == [
        hit for hit in every if hit["score"] >= 0.9
    ]


def test_it_is_the_same_for_who_asks_again(client: FlaskClient) -> None:
    first = client.get(EXAMPLES["/v1/search"])
    again = client.get(EXAMPLES["/v1/search"], headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_data_hold_no_other_script(members: list[tuple[str, list[str]]]) -> None:
    """Letters that do not fold to a-z are no words; no name may consist of such."""
    for _, names in members:
        for name in names:
            folded = without_accents(name).replace("\u2019", "'")
            assert folded.isascii(), name

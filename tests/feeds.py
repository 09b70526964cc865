"""What is wrong with an Atom feed: by a grammar of RFC 4287, and by its rules that no grammar can say."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = Path(__file__).parent / "atom.rng"


@cache
def grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(GRAMMAR))


def faults(text: bytes) -> list[str]:
    """Return what a feed does wrong, in plain words; nothing for a valid one."""
    try:
        feed = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return [f"not well-formed: {error}"]
    if not grammar().validate(feed):
        return [f"grammar: {error}" for error in grammar().error_log]
    return [*faults_of_the_feed(feed), *faults_of_links(feed)]


def faults_of_the_feed(feed: etree._Element) -> Iterator[str]:
    entries = feed.findall(f"{ATOM}entry")
    if feed.find(f"{ATOM}author") is None and any(
        at.find(f"{ATOM}author") is None for at in entries
    ):
        yield "4.1.1: neither the feed nor each entry has an author"
    if not any(link.get("rel") == "self" for link in feed.findall(f"{ATOM}link")):
        yield "4.1.1: the feed does not say where it is from (rel=self)"
    ids = Counter(at.findtext(f"{ATOM}id") for at in (feed, *entries))
    yield from (
        f"4.2.6: the id {name} is there {count} times" for name, count in ids.items() if count > 1
    )
    for entry in entries:
        if entry.find(f"{ATOM}content") is None and not alternates(entry):
            yield "4.1.2: an entry has neither content nor an alternate link"


def faults_of_links(feed: etree._Element) -> Iterator[str]:
    for parent in (feed, *feed.findall(f"{ATOM}entry")):
        if len(set(alternates(parent))) < len(alternates(parent)):
            yield "4.1.1, 4.1.2: two alternate links of one type and language"
        for link in parent.findall(f"{ATOM}link"):
            parts = urlsplit(link.get("href"))
            if parts.scheme not in ("http", "https") or not parts.netloc:
                yield f"the link {link.get('href')} is not absolute"


def alternates(parent: etree._Element) -> list[tuple[str | None, str | None]]:
    """Return type and language of each link to another form of the same thing."""
    return [
        (link.get("type"), link.get("hreflang"))
        for link in parent.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]

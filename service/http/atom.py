"""Atom (RFC 4287): a list of changes as a feed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .formats import JSON, Format
from .question import Question, joined

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"

# An id names the same feed or entry wherever it is served, so it holds no host.
FEED = UUID("6d9d1c1f-5d0b-4c0e-8a34-0d6d5f0f9d5a")


def as_feed(body: Mapping[str, Any], question: Question) -> bytes:
    """Write a page of changes as a feed of its entries."""
    changes = body["data"]
    filters = question.query("cursor", "limit", "sort")
    feed = Element("feed", xmlns=NAMESPACE)
    put(feed, "id", uuid5(FEED, filters).urn if filters else FEED.urn)
    put(feed, "title", "Burdenshare: what changed")
    newest = max((change["updated_at"] for change in changes), default=body["meta"]["updated_at"])
    put(feed, "updated", newest)
    put(SubElement(feed, "author"), "name", "Burdenshare")
    root, path = question.base_url, question.path.removesuffix(ATOM.suffix)
    here = joined(path + ATOM.suffix, question.query("cursor"))
    link(feed, "self", root, here, MEDIA_TYPE)
    link(feed, "alternate", root, joined(path, filters), JSON.media_type)
    if body["links"]["next"] is not None:
        link(feed, "next", root, body["links"]["next"], MEDIA_TYPE)
    for change in changes:
        add_entry(feed, change, root, path)
    indent(feed)
    text = tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def add_entry(feed: Element, change: Mapping[str, Any], root: str, path: str) -> None:
    entry = SubElement(feed, "entry")
    put(entry, "id", uuid5(FEED, change["id"]).urn)
    put(entry, "title", change["title"])
    put(entry, "published", f"{change['published_on']}T00:00:00Z")
    put(entry, "updated", change["updated_at"])
    SubElement(entry, "category", term=change["kind"])
    if change["is_breaking"]:
        SubElement(entry, "category", term="breaking")
    link(entry, "alternate", root, change["path"] or path, JSON.media_type)
    put(entry, "content", change["summary"])


def put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def link(parent: Element, relation: str, root: str, target: str, media_type: str) -> None:
    """Add a link, absolute: many readers take a path for one of their own."""
    SubElement(parent, "link", rel=relation, type=media_type, href=urljoin(root, target))


ATOM = Format(MEDIA_TYPE, ".atom", as_feed)

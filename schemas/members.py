"""What /v1/members accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, Query, bounds_of
from .codelists import codes_of
from .envelope import item_of, page_of
from .parameters import Choice, Code, Flag, Items


class Member(Output):
    """An ally: its codes, names, accession and currency."""

    code = fields.String(metadata={"description": "ISO 3166-1 alpha-3.", "example": "TUR"})
    alpha2 = fields.String(metadata={"description": "ISO 3166-1 alpha-2.", "example": "TR"})
    numeric = fields.String(
        metadata={"description": "ISO 3166-1 numeric, three digits.", "example": "792"}
    )
    name = fields.String(metadata={"description": "The short name.", "example": "Türkiye"})
    official_name = fields.String(
        metadata={"description": "The official name.", "example": "Republic of Türkiye"}
    )
    aliases = fields.List(
        fields.String(),
        metadata={
            "description": "Other names and codes that filters and paths understand, former and "
            "French ones included."
        },
    )
    region = fields.String(
        metadata={"description": "A code of `/v1/codelists/regions`.", "example": "europe"}
    )
    acceded_on = fields.Date(
        metadata={"description": "The day it became a member.", "example": "1952-02-18"}
    )
    is_founder = fields.Boolean(
        metadata={"description": "Whether it signed the treaty in 1949.", "example": False}
    )
    currency = fields.String(
        metadata={"description": "ISO 4217, today's; a release may use another.", "example": "TRY"}
    )
    has_armed_forces = fields.Boolean(
        metadata={"description": "False for Iceland alone.", "example": True}
    )
    eu_member_since = fields.Date(
        allow_none=True,
        metadata={"description": "The day it joined the European Union or its predecessor."},
    )
    eu_member_until = fields.Date(
        allow_none=True, metadata={"description": "The day it left the European Union."}
    )
    notes = fields.List(fields.Nested(Note), metadata={"description": "Remarks."})


class MemberFilter(Query):
    """The members asked for, in any of their names."""

    member = Items(
        Code("member", "/v1/members"),
        metadata={
            "description": "Members by alpha-3, alpha-2, `EL`, `UK`, name or former name, in any "
            "case.",
            "example": ["DEU", "FRA"],
        },
    )


class GroupFilter(Query):
    """The group asked for, as it was composed in each year."""

    group = Choice(
        codes_of("groups"),
        metadata={
            "description": "Only the members of this group, by who belonged in each year. With "
            "`member` too, only those named that belong."
        },
    )


class MemberListQuery(bounds_of(Member), MemberFilter, ListQuery):  # type: ignore[misc]
    row, key = Member, ("code",)

    region = Items(Choice(codes_of("regions")), metadata={"description": "Only these regions."})
    is_founder = Flag(metadata={"description": "Only founders, or only the others."})
    has_armed_forces = Flag(metadata={"description": "Only those with, or without, forces."})


MemberItem = item_of(Member)
MemberPage = page_of(Member)

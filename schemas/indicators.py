"""What /v1/indicators accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Output, bounds_of
from .envelope import item_of, page_of
from .parameters import Flag


class Indicator(Output):
    """Something that is measured, with its unit and definition."""

    id = fields.String(
        metadata={
            "description": "The indicator's id, which is the name of its field.",
            "example": "share_gdp_pct",
        }
    )
    title = fields.String(metadata={"description": "Its title."})
    unit = fields.String(
        metadata={"description": "A code of `/v1/codelists/units`.", "example": "pct_gdp"}
    )
    price_basis = fields.String(
        allow_none=True,
        metadata={"description": "A code of `/v1/codelists/price-bases`; null but for money."},
    )
    decimals = fields.Integer(
        metadata={
            "description": "How many decimals suit for display. Unit: decimals.",
            "example": 2,
        }
    )
    is_published = fields.Boolean(
        metadata={
            "description": "False for what was promised as a number and is published by nobody.",
            "example": True,
        }
    )
    definition = fields.String(metadata={"description": "What it includes."})


class IndicatorListQuery(bounds_of(Indicator), ListQuery):  # type: ignore[misc]
    row, key = Indicator, ("id",)

    is_published = Flag(metadata={"description": "Only those published, or only the others."})


IndicatorItem = item_of(Indicator)
IndicatorPage = page_of(Indicator)

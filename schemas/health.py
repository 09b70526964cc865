"""What /healthz and /readyz return."""

from marshmallow import fields

from .base import Output
from .envelope import item_of


class Health(Output):
    """Whether the service is alive, or able to answer."""

    status = fields.String(metadata={"description": "`ok` or `ready`.", "example": "ok"})


HealthItem = item_of(Health)

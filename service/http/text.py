"""What the code alone holds, at a path of its own: pages, their scripts, the contract."""

from collections.abc import Callable
from dataclasses import dataclass

import marshmallow as ma

from schemas.base import Query

from . import caching, parsing
from .answer import Answer, whole
from .endpoint import Endpoint
from .headers import OF_DATA, Fields
from .probes import PROBES
from .question import Question


class AnyParameters(Query):
    """The query string of a path that reads none."""

    class Meta:
        unknown = ma.EXCLUDE


@dataclass(frozen=True, eq=False, kw_only=True)
class TextEndpoint(Endpoint):
    """An endpoint whose view returns a text; `own` are header fields of it."""

    view: Callable[[], bytes]
    own: tuple[tuple[str, str], ...] = tuple(OF_DATA)
    cache_control: str = caching.FRESH

    def make(self, question: Question) -> Answer:
        form = self.format
        parsing.parse(self.accepts, None, question.query_string)
        content = self.view()
        own: Fields = [("Content-Type", form.media_type + form.parameters), *self.own]
        validators = caching.of_content(content)._replace(cache_control=self.cache_control)
        return whole(question, own, content, None if self.path in PROBES else validators)

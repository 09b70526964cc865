"""/v1/codelists: the vocabularies of the contract."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.codelists import CODELISTS, CodelistItem, CodelistPage
from schemas.faults import nearest
from service.http import answers
from service.http.routing import constant
from service.problems import unknown_in_path

blueprint = Blueprint("codelists", __name__)


@constant(blueprint, "/v1/codelists", accepts=NoParameters, returns=CodelistPage)
def list_codelists() -> Any:
    """List the codelists: every vocabulary that fields and filters use.

    Codes may be added within version 1; programs should let an unknown one pass.
    """
    return answers.whole_list([as_row(codelist) for codelist in CODELISTS])


@constant(blueprint, "/v1/codelists/<codelist>", accepts=NoParameters, returns=CodelistItem)
def get_codelist(codelist: str) -> Any:
    """Get one codelist: its codes and what each means.

    Use it for labels, and for the choices of a form.
    """
    if codelist not in CODELISTS:
        near = nearest(codelist, CODELISTS)
        raise unknown_in_path("codelist", codelist, near, "/v1/codelists")
    return answers.item(as_row(codelist))


def as_row(codelist: str) -> dict[str, Any]:
    title, codes = CODELISTS[codelist]
    entries = [{"code": code, "definition": definition} for code, definition in codes.items()]
    return {"id": codelist, "title": title, "codes": entries}

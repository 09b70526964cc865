"""/v1/members: the allies, with the codes and names they are known by."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.members import MemberItem, MemberListQuery, MemberPage
from service.http import answers
from service.http.routing import endpoint
from service.rules.lookups import known_code
from service.storage.snapshot import Snapshot

blueprint = Blueprint("members", __name__)


@endpoint(
    blueprint,
    "/v1/members",
    accepts=MemberListQuery,
    returns=MemberPage,
    example="member=Turkey,UK",
)
def list_members(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the members of the alliance.

    All 32 allies, each once and never an aggregate. Use it to learn the codes that other lists
    take and give.
    """
    return answers.page(snapshot, "members/list", MemberListQuery, query)


@endpoint(blueprint, "/v1/members/<member>", accepts=NoParameters, returns=MemberItem)
def get_member(snapshot: Snapshot, query: dict[str, Any], member: str) -> Any:
    """Get one member, by any of its codes or names.

    The path takes what the `member` filter takes: alpha-3, alpha-2, `EL`, `UK`, a name or a former
    name, in any case.
    """
    code = known_code(snapshot, "member", member, "/v1/members")
    row = snapshot.fetch_one("members/list", {"member": [code]})
    assert row is not None
    return answers.item(row)

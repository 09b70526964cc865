"""The id of a request: the client's own where it is a plain one, else a new one."""

import re
from os import urandom

PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(given: str | None) -> str:
    return given if given is not None and PLAIN.fullmatch(given) else urandom(16).hex()

"""A PostgreSQL that needs no installing: the binaries come with pip, the server lives with us."""

from .account import reachable_directory
from .errors import EmbeddedServerError
from .server import EmbeddedServer

__all__ = ["EmbeddedServer", "EmbeddedServerError", "reachable_directory"]

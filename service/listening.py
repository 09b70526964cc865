"""Where the service listens: an address and a port, or a Unix socket."""

import errno
import shlex
import socket
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .config import ConfigError

UNIX = "unix:"


class TakenError(ConfigError):
    """Another process listens there; the message is one line."""


@dataclass(frozen=True)
class Address:
    """An address of the network with its port."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return it as gunicorn takes it."""
        return f"{bracketed(self.host)}:{self.port}"

    @property
    def variables(self) -> str:
        return f"HOST={self.host} PORT={self.port}"

    @property
    def own_host(self) -> str:
        """Where this machine reaches the service, also when it listens everywhere."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def url(self) -> str:
        return f"http://{bracketed(self.own_host)}:{self.port}"

    def curl(self, path: str) -> str:
        """Return the command that asks for a path."""
        return f"curl -s '{self.url}{path}'"

    def connect(self) -> socket.socket:
        return socket.create_connection((self.own_host, self.port), timeout=5)

    def try_to_listen(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((self.host, self.port))
            probe.listen(1)


@dataclass(frozen=True)
class UnixSocket:
    """A path in the file system, for programs of the same machine."""

    path: Path

    def __str__(self) -> str:
        return f"{UNIX}{self.path}"

    @property
    def variables(self) -> str:
        return f"HOST={self}"

    @property
    def url(self) -> str:
        return str(self)

    def curl(self, path: str) -> str:
        return f"curl -s --unix-socket {shlex.quote(str(self.path))} 'http://localhost{path}'"

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        try:
            connection.connect(str(self.path))
        except OSError:
            connection.close()
            raise
        return connection

    def try_to_listen(self) -> None:
        self.remove_stale()
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(self.path))
            self.path.unlink()

    def remove_stale(self) -> None:
        """Remove a socket that nobody listens on: a killed server leaves it."""
        with suppress(FileNotFoundError):
            if not stat.S_ISSOCK(self.path.lstat().st_mode):
                raise OSError(errno.ENOTSOCK, "the file is not a socket")
            with suppress(ConnectionRefusedError):
                self.connect().close()
                raise OSError(errno.EADDRINUSE, "Address already in use")
            self.path.unlink()


def read_address(host: str, port: int) -> Address | UnixSocket:
    """Return what HOST and PORT name. Raises ConfigError."""
    if not host.startswith(UNIX):
        return Address(host, port)
    # gunicorn takes unix:///run/x.sock too, and splits a list of addresses at commas.
    path = host.removeprefix(UNIX).removeprefix("//")
    if not path.startswith("/") or "," in path:
        raise ConfigError(
            f"HOST={host!r} is not {UNIX} and an absolute path without a comma, "
            f"such as {UNIX}/run/burdenshare.sock"
        )
    return UnixSocket(Path(path))


def check_free(address: Address | UnixSocket) -> None:
    """Find out before anything is started whether gunicorn will be able to listen there."""
    try:
        address.try_to_listen()
    except (OSError, UnicodeError) as error:
        is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        # A path that is too long has no strerror.
        reason = getattr(error, "strerror", None) or error
        text = f"cannot listen on {address.variables}: {reason}"
        raise TakenError(text) if is_taken else ConfigError(text) from error


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host

"""`python -m sdk [CLIENT]`: every client, or one, and one table. Fails if any of them does."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from service import supervisor

from . import PLACE, tools
from .alterations import FAULTS, altered
from .clients import CLIENTS, Client
from .running import service
from .table import table
from .trial import FAIL, PASS, Trial, attempt, call


def main() -> int:
    chosen = choose()
    supervisor.signals.listen()
    try:
        return try_all(chosen)
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except (subprocess.CalledProcessError, supervisor.SupervisorError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def choose() -> Sequence[Client]:
    parser = argparse.ArgumentParser("make sdk", "make sdk [CLIENT=NAME]", __doc__)
    names = [client.name for client in CLIENTS]
    parser.add_argument("client", nargs="?", choices=names, help="try this client alone")
    only = parser.parse_args().client
    return [client for client in CLIENTS if only in (None, client.name)]


def try_all(clients: Sequence[Client]) -> int:
    print(f"Installing the generators in {PLACE}, where they are not there yet", flush=True)
    tools.install({need for client in clients for need in client.needs})
    with service() as url:
        trials = [try_one(client, url) for client in clients]
        print(table(trials), flush=True)
        passed = [trial.client for trial in trials if trial.outcome == PASS]
        unseen = [fault for fault in FAULTS if passed and not is_seen(fault, url, passed)]
    return int(any(trial.outcome == FAIL for trial in trials) or bool(unseen))


def try_one(client: Client, url: str) -> Trial:
    print(f"Trying {client.name}", file=sys.stderr, flush=True)
    return attempt(client, url)


def is_seen(fault: str, url: str, clients: Sequence[Client]) -> bool:
    """Say which clients a fault of the service would stop; where types are checked one must be."""
    with altered(url, FAULTS[fault]) as faulty:
        stopped = [client for client in clients if call(client, faulty)[1]]
    names = ", ".join(client.name for client in stopped) or "none"
    print(f"{fault} in an answer stops: {names}", flush=True)
    return bool(stopped) or not any(client.checks_types for client in clients)


if __name__ == "__main__":
    sys.exit(main())

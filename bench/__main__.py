"""`python -m bench`: measure, print, and write docs/benchmarks.md. A part goes to build/ alone."""

import argparse
import http.client
import subprocess
import sys
import time

import psycopg

from service import supervisor
from service.storage.embedded import EmbeddedServerError

from . import PAGE, PLACE, BenchError, page, run, tools

ERRORS = (
    BenchError,
    EmbeddedServerError,
    OSError,
    StopIteration,
    http.client.HTTPException,
    psycopg.Error,
    subprocess.CalledProcessError,
    supervisor.SupervisorError,
)


def main() -> int:
    given = arguments()
    supervisor.signals.listen()
    begun = time.monotonic()
    try:
        tools.check(tools.PACKAGES)
        print(f"Installing the peers in {PLACE}, where they are not there yet", flush=True)
        tools.install()
        results = run.run(given.only or run.PARTS, given.rounds)
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except ERRORS as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    minutes = (time.monotonic() - begun) / 60
    results.settings |= {"minutes": round(minutes, 1), "only": given.only}
    results.write(PLACE / "results.json")
    text = page.page(results)
    # What README and docs say is measured by a whole run.
    target = PLACE / PAGE.name if given.only else PAGE
    target.write_text(text, "utf-8")
    print(text)
    print(f"Written to {target} after {minutes:.1f} minutes")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make bench", "make bench [ROUNDS=N] [ONLY=A,B]", __doc__)
    parser.add_argument("--rounds", type=positive, default=8, help="how often each is visited")
    parser.add_argument("--only", type=parts, default=[], help=f"of: {', '.join(run.PARTS)}")
    return parser.parse_args()


def positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def parts(text: str) -> list[str]:
    named = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := set(named) - set(run.PARTS):
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: none of {', '.join(run.PARTS)}")
    return named


if __name__ == "__main__":
    sys.exit(main())

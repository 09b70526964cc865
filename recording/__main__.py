"""`python -m recording OLD NEW`: compare the answers of two running versions, by their URLs."""

import argparse
import http.client
import json
import sys
from collections import Counter

from .comparison import MAY_DIFFER, compare, send
from .requests import Request, requests_of

# Differences that are shown; all are counted.
SHOWN = 20


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("make recording", description=__doc__)
    parser.add_argument("old", help="the URL of the version to compare with")
    parser.add_argument("new", help="the URL of the version that may have changed")
    options = parser.parse_args(arguments)
    try:
        return record(options.old, options.new)
    except (OSError, http.client.HTTPException, ValueError) as error:
        print(f"error: {options.old} or {options.new} does not answer: {error}", file=sys.stderr)
        return 2


def record(old: str, new: str) -> int:
    contract = json.loads(send(old, Request("/openapi.json"), {}).body)
    requests = requests_of(contract)
    found = [each for each in compare(old, new, requests) if each is not None]
    for difference in found[:SHOWN]:
        print(difference)
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN} more")
    for what, number in Counter(each.what for each in found).most_common():
        print(f"{number:>6} differ in {what}")
    print("not compared: " + ", ".join(MAY_DIFFER))
    print(f"{len(requests):,} requests, {len(found):,} answered differently")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: the service beside its peers, on the same rows, questions and machine."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

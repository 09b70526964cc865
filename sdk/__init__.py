"""`make sdk`: clients are generated as docs/clients.md says, compiled, and call the service."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "sdk"
SCENARIOS = ROOT / "sdk" / "scenarios"

"""What the service calls itself, and which version of its contract it keeps."""

API_VERSION = "0.9.0"

TITLE = "Burdenshare"

SUMMARY = (
    "NATO defence spending and the promises made about it: every figure with its release, its "
    "unit and its source."
)

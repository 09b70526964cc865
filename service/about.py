"""What the service calls itself."""

TITLE = "Burdenshare"

SUMMARY = (
    "NATO defence spending and the promises made about it: every figure with its release, its "
    "unit and its source."
)

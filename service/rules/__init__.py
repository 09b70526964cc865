"""What several subjects share; nothing here knows HTTP."""

"""What keeps the published contract good: its examples, and the check of its changes."""

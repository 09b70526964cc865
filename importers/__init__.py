"""From an official file to data/releases/, and from data/ into the database. Offline: the service
never imports it."""

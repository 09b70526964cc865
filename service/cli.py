"""flask commands: migrate."""

import click
from flask import Flask

from . import config
from .storage import external, migrations


def init_app(app: Flask) -> None:
    app.cli.add_command(migrate)


@click.command()
def migrate() -> None:
    """Bring the database named by DATABASE_URL up to date with sql/tables and sql/always."""
    settings = config.from_environment()
    url = settings.database_url
    if url is None:
        raise click.ClickException("DATABASE_URL is not set; `make run` needs none")
    try:
        external.check(url)
        with external.explained():
            applied = migrations.migrate(url, settings.database_reader_url)
    except (external.ExternalServerError, migrations.MigrationError) as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(applied) or "nothing to migrate")

"""Where Alembic runs our migrations: on the connection that `Storage.upgrade` hands over."""

from alembic import context

from booker_components.storage import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
# The connection is in a transaction already; Alembic neither begins nor ends one.
context.run_migrations()

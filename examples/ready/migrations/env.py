from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def run():
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()

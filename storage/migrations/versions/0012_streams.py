"""Each list of an account has a row of its own: how far it is read, and when it is looked at next."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"

#: The main list of an account on X, which was all there was.
_MAIN = "mentions"
_GONE = ("cursors", "next_poll_at", "looked_at", "faults", "lease_by", "lease_until")


def upgrade() -> None:
    """Every list goes on where it was read to, not before its account was to be looked at. Faults were those
    of the main one. A look that was under way is over: only the program before this could have kept it."""
    streams = op.create_table(
        "streams",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger()),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("lease_by", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name", name="pk_streams"),
    )
    rows = op.get_bind().execute(
        sa.text("SELECT account, cursors, next_poll_at, looked_at, faults FROM accounts")
    )
    lists = [
        {
            "account": row.account,
            "name": name,
            "main": name == _MAIN,
            "cursor": None if cursor is None else json.dumps(cursor, separators=(",", ":")),
            "next_at": row.next_poll_at,
            "looked_at": row.looked_at,
            "faults": row.faults if name == _MAIN else 0,
            "lease_by": "",
            "version": 1,
        }
        for row in rows
        for name, cursor in ({_MAIN: None} | json.loads(row.cursors)).items()
    ]
    if lists:
        op.bulk_insert(streams, lists)
    with op.batch_alter_table("accounts") as batch:
        for name in _GONE:
            batch.drop_column(name)

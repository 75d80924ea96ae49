"""The record in a database: schema, migrations, and the store that runs pieces of work in transactions."""

from storage.errors import StorageError
from storage.store import SqlStore, check, open_store

__all__ = ["SqlStore", "StorageError", "check", "open_store"]

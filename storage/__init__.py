"""The record in a database: schema, migrations, and the store that runs pieces of work in transactions."""

from storage.backup import Restored, back_up, check_refilled, put_back
from storage.errors import StorageError
from storage.figures import look, peek
from storage.store import SqlStore, check, open_store

__all__ = [
    "Restored",
    "SqlStore",
    "StorageError",
    "back_up",
    "check",
    "check_refilled",
    "look",
    "open_store",
    "peek",
    "put_back",
]

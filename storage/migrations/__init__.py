"""The migrations of the record, applied by `storage.upgrade`."""

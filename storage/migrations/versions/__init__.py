"""One file a migration, numbered, named by what it does."""

"""What only a real database can show: files, locks, races, migrations and query plans."""

"""The tests, by what they need: nothing, a port, a database, or the whole program."""

"""What the product does, a module a piece of work: functions of the record and the time."""

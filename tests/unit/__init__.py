"""The pure middle and the small parts, without sockets or databases."""

"""The HTTP edge: whether the bot works, its figures, and the door for requests from outside."""

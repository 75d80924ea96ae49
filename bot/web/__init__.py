"""The HTTP edge: whether the bot is well, its figures, and the door for requests from outside."""

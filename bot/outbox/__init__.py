"""Effects at the desk that are still to come: asking for them, their order, and the pace of the desk."""

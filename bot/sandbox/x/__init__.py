"""A local X: the API v2 as far as a care team needs it, with X's own rules, limits and errors."""

from bot.sandbox.x.local import LocalX, Recorded
from bot.sandbox.x.model import Credentials, Media, Message, Person, Post, utcnow
from bot.sandbox.x.problems import Problem

__all__ = ["Credentials", "LocalX", "Media", "Message", "Person", "Post", "Problem", "Recorded", "utcnow"]

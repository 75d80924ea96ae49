"""What the bot says to people, in their language: a catalogue of texts, and numbers, money and dates."""

from bot.texts.catalogue import LANGUAGES, Texts, UnknownText

__all__ = ["LANGUAGES", "Texts", "UnknownText"]

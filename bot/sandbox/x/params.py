"""The parameters of a read: what may be asked, in both of X's spellings, and the 400 for all that may not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.sandbox.x import problems


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# X is renaming tweets to posts in its API. Both spellings are taken; the answer comes in the one asked in.
TWEET_FIELDS = _names(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "media_metadata non_public_metrics note_tweet organic_metrics possibly_sensitive promoted_metrics "
    "public_metrics referenced_tweets reply_settings scopes source text withheld"
)
POST_FIELDS = _names(
    "article article_title attachments card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls entities geo id lang matched_media_notes media_metadata "
    "non_public_metrics note_post note_request_suggestions organic_metrics paid_partnership "
    "possibly_sensitive promoted_metrics public_metrics reply_settings scopes source suggested_source_links "
    "suggested_source_links_with_counts text withheld"
)
USER_FIELDS = _names(
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified "
    "location most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url "
    "protected public_metrics receives_your_dm subscribes_to_you subscription subscription_type url username "
    "verified verified_followers_count verified_type withheld"
)
MEDIA_FIELDS = _names(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url "
    "promoted_metrics public_metrics type url variants width"
)
DM_FIELDS = _names(
    "attachments created_at dm_conversation_id entities event_type id participant_ids referenced_tweets "
    "sender_id text"
)
POLL_FIELDS = _names("duration_minutes end_datetime id options voting_status")
PLACE_FIELDS = _names("contained_within country country_code full_name geo id name place_type")
EVENT_TYPES = frozenset(("MessageCreate", "ParticipantsJoin", "ParticipantsLeave"))

POST_EXPANSIONS = _names(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username geo.place_id "
    "in_reply_to_user_id referenced_tweets.id referenced_tweets.id.author_id "
    "edit_history_post_ids referenced_posts username"
)
USER_EXPANSIONS = _names(
    "affiliation affiliation.user_id most_recent_tweet_id pinned_tweet_id most_recent_post_id pinned_post_id"
)
DM_EXPANSIONS = _names(
    "attachments.media_keys participant_ids referenced_tweets.id referenced_posts sender_id"
)

FIELD_PARAMETERS: Mapping[str, frozenset[str]] = {
    "tweet.fields": TWEET_FIELDS,
    "post.fields": POST_FIELDS,
    "user.fields": USER_FIELDS,
    "media.fields": MEDIA_FIELDS,
    "dm_event.fields": DM_FIELDS,
    "poll.fields": POLL_FIELDS,
    "place.fields": PLACE_FIELDS,
}

# New spelling -> the one used inside.
_OLD = {
    "note_post": "note_tweet",
    "referenced_posts": "referenced_tweets.id",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "pinned_post_id": "pinned_tweet_id",
    "most_recent_post_id": "most_recent_tweet_id",
}


@dataclass(frozen=True)
class Ask:
    """Which fields and expansions a read wants, in the older spelling."""

    post: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    message: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()
    #: The answer is wanted in the newer spelling.
    renamed: bool = False


class Params:
    """A query string, read one parameter at a time; faults are kept, and `done` tells them all at once."""

    def __init__(self, query: Mapping[str, str], allowed: Collection[str]) -> None:
        self._query = query
        self._faults: list[tuple[str, str, str]] = []
        names = ",".join(sorted(allowed))
        for name, value in query.items():
            if name not in allowed:
                self._fault(name, value, f"The query parameter [{name}] is not one of [{names}]")
            elif not value:
                self._fault(name, value, f"The `{name}` query parameter can not be empty")

    def done(self) -> None:
        """400 when anything was wrong."""
        if self._faults:
            raise problems.invalid(self._faults)

    def text(self, name: str) -> str | None:
        """The value as it is."""
        return self._query.get(name) or None

    def required(self, name: str) -> str:
        """The value; a fault when it is missing."""
        if name not in self._query:
            self._fault(name, "", f"The `{name}` query parameter can not be empty")
        return self._query.get(name, "")

    def number(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number within bounds."""
        value = self.text(name)
        if value is None:
            return default
        if not value.isdecimal() or not low <= int(value) <= high:
            self._fault(
                name, value, f"The `{name}` query parameter value [{value}] is not between {low} and {high}"
            )
            return default
        return int(value)

    def post_id(self, name: str) -> int | None:
        """An id, as a number that can be compared."""
        value = self.text(name)
        if value is None:
            return None
        if not is_id(value):
            self._fault(name, value, f"The `{name}` query parameter value [{value}] is not valid")
            return None
        return int(value)

    def instant(self, name: str) -> datetime | None:
        """An RFC 3339 instant in UTC."""
        value = self.text(name)
        if value is None:
            return None
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            expected = "is not a valid RFC3339 date-time: 'yyyy-MM-dd'T'HH:mm:ssZ'"
            self._fault(name, value, f"The `{name}` query parameter value [{value}] {expected}")
            return None
        return at.astimezone(UTC)

    def several(self, name: str, allowed: Collection[str]) -> frozenset[str]:
        """Names out of a known set, separated by commas."""
        value = self.text(name)
        found = frozenset(value.split(",")) if value else frozenset()
        for item in sorted(found - frozenset(allowed)):
            listed = ",".join(sorted(allowed))
            self._fault(name, item, f"The `{name}` query parameter value [{item}] is not one of [{listed}]")
        return found

    def values(self, name: str, at_most: int = 100) -> list[str]:
        """Required values separated by commas, each once, in order."""
        value = self.required(name)
        found = list(dict.fromkeys(item for item in value.split(",") if item))
        if len(found) > at_most:
            message = f"The `{name}` query parameter can have at most {at_most} values"
            self._fault(name, value, message)
        return found

    def ask(self, expansions: Collection[str]) -> Ask:
        """The fields and expansions of this read."""
        wanted = {name: self.several(name, FIELD_PARAMETERS[name]) for name in FIELD_PARAMETERS}
        expanded = self.several("expansions", expansions)
        newer = {"referenced_posts", "edit_history_post_ids", "pinned_post_id", "most_recent_post_id"}
        return Ask(
            post=_older(wanted["tweet.fields"] | wanted["post.fields"]),
            user=wanted["user.fields"],
            media=wanted["media.fields"],
            message=wanted["dm_event.fields"],
            expansions=_older(expanded),
            renamed="post.fields" in self._query or bool(expanded & newer),
        )

    def refuse(self, name: str, message: str) -> None:
        """Note a fault that only the endpoint can see."""
        self._fault(name, self._query.get(name, ""), message)

    def _fault(self, name: str, value: str, message: str) -> None:
        self._faults.append((name, value, message))


def is_id(text: str) -> bool:
    """Whether the text has the form of an id."""
    return text.isascii() and text.isdecimal() and len(text) <= 19


def _older(names: frozenset[str]) -> frozenset[str]:
    return frozenset(_OLD.get(name, name) for name in names)

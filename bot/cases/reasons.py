"""Why a reply waits or was refused, by the keys of what is said about it, and what may be done then."""

from __future__ import annotations

#: Holds of public replies whose case is to go on in private, where that is heard here and where it is not.
INVITED = frozenset({"hold.invited", "hold.invited_unheard"})

#: Reasons to hold that a person may overrule with "send anyway"; every other one asks for a changed text.
OVERRULABLE = INVITED | frozenset(
    {
        "hold.customer_wrote",
        "hold.customer_edited",
        "hold.customer_deleted",
        "hold.answered_elsewhere",
        "hold.mode_switched",
        "hold.released",
        "hold.thread_gone",
        "hold.taken_over",
        "hold.draft",
        "hold.restored",
        "hold.slip",
        "hold.private_now",
        "hold.not_member",
        "hold.to_colleague",
    }
)

#: Holds that speak of the mode of the case: a switch puts another in their place.
ABOUT_MODE = INVITED | frozenset({"hold.mode_switched", "hold.no_private_way", "hold.dm_off", "hold.no_post"})

#: Refusals that another try of the same words would meet again.
LASTING = frozenset(
    {
        "refused.not_mentioned",
        "refused.too_long",
        "refused.empty",
        "refused.characters",
        "refused.duplicate",
        "refused.gone",
        "refused.dm_closed",
        "refused.dm_off",
        "refused.window",
        "refused.was_private",
    }
)

#: Refusals after which private messages do not reach the customer until they write in private themselves.
CLOSES_PRIVATE = frozenset({"refused.dm_closed", "refused.dm_off", "refused.window"})

#: The desk does not say who wrote a reply, so that nobody knows whether that person may still answer.
UNNAMED = frozenset({"unread.who", "unread.who_refused"})

#: Why a reply waits although its time has come: its thread is still to be read, or its writer is unknown
#: (`Reply.failure`).
UNREAD = UNNAMED | {"unread.reading", "unread.deaf", "unread.busy", "unread.refused", "unread.odd"}

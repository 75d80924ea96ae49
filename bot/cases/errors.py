"""What can go wrong, one class per outcome, so that every caller knows what is certain and what is not.

NetworkError            raised by connectors; no vendor exception leaves one
├── Retry               certainly not done; trying again later may help
├── RateLimited         certainly not done; not before `until`
├── AuthExpired         certainly not done; a person must renew the credentials
├── OutOfCredit         certainly not done; a person must pay
├── NotPermitted        certainly not done; this way is closed, `manual_url` may offer another
├── WindowClosed        certainly not done; the network's time for this kind of reply is over
├── TargetGone          certainly not done; the post that is answered is no longer there
├── Duplicate           not done now; the network holds an identical post already
├── Invalid             certainly not done; the text breaks a rule of the network
└── Unclear             nobody knows whether it was done; ask the network before anything is sent again
DeskError               raised by desks
├── DeskBusy            certainly not done; not before `until`
├── DeskRefused         certainly not done; repeating it cannot help
│   ├── DeskClosed      until a person mends what is in the way
│   ├── MessageGone     the message, or the thread, is no more
│   └── MessageFrozen   the message stands and may not be changed
└── DeskUnclear         nobody knows whether it was done; look before doing it again
Stale                   a save believed a version that is no longer current
"""

from __future__ import annotations

from datetime import datetime, timedelta


class NetworkError(Exception):
    """A network did not do what was asked. `detail` is the network's own word: hostile text, one line."""

    #: What it means for the operator and what they can do, for the log.
    remedy = "it does not answer as it should; webcare tries again by itself"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Retry(NetworkError):
    """A passing fault; certainly not done."""

    def __init__(self, detail: str = "", after: timedelta = timedelta(seconds=30)) -> None:
        super().__init__(detail)
        self.after = after


class RateLimited(NetworkError):
    """Too many requests; nothing was done and nothing should be asked before `until` (aware, UTC)."""

    remedy = "it asks to wait; webcare goes on by itself"

    def __init__(self, until: datetime, detail: str = "") -> None:
        super().__init__(detail)
        self.until = until


class AuthExpired(NetworkError):
    """The credentials are no longer accepted."""

    remedy = "it does not accept the credentials; renew them, set them in the environment and restart webcare"


class OutOfCredit(NetworkError):
    """The account's prepaid credit is used up."""

    remedy = "the prepaid credit is used up; buy some more"


class NotPermitted(NetworkError):
    """The network does not allow this. `reason` is a catalogue key below "refused."; `manual_url` opens the
    network's own composer, where a person may still do it, and is empty where nobody may."""

    remedy = "it does not allow this; check the permissions of the app and of its access token"

    def __init__(self, reason: str, detail: str = "", manual_url: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.manual_url = manual_url


class WindowClosed(NetworkError):
    """Too late for this kind of reply."""


class TargetGone(NetworkError):
    """The post or person that is answered is gone or hidden from the brand."""


class Duplicate(NetworkError):
    """An identical post of the brand exists."""


class Invalid(NetworkError):
    """The text breaks a rule of the network. `rule` is a catalogue key below "refused."."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(detail)
        self.rule = rule


class Unclear(NetworkError):
    """The request was written, the answer was not understood or never came."""


class DeskError(Exception):
    """The desk did not do what was asked. `detail` is for the log."""

    #: What it means for the operator and what they can do, for the log.
    remedy = "webcare tries again or goes on without it"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class DeskBusy(DeskError):
    """The desk asks to wait until `until`; nothing was done."""

    def __init__(self, until: datetime, detail: str = "") -> None:
        super().__init__(detail)
        self.until = until


class DeskRefused(DeskError):
    """The desk will never do this as asked; `detail` is its code, `remedy` what an operator can do."""

    def __init__(self, detail: str = "", remedy: str = "") -> None:
        super().__init__(detail)
        self.remedy = remedy or self.remedy


class DeskClosed(DeskRefused):
    """Nothing goes there until a person mends it: invites the bot, opens the channel, renews the token."""


class MessageGone(DeskRefused):
    """The message that was to be changed, or the thread that was to be posted in, is no more."""


class MessageFrozen(DeskRefused):
    """A message of ours stands and may not be changed any more."""


class DeskUnclear(DeskError):
    """The request was written, the answer never came."""


class Stale(Exception):
    """Somebody else saved this row first; read again and decide again."""

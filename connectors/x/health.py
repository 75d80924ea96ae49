"""Whether an account on X will work, in sentences for the person who sets it up."""

from __future__ import annotations

from collections.abc import Awaitable
from decimal import Decimal

from bot.cases.errors import AuthExpired, NetworkError, NotPermitted, OutOfCredit, RateLimited
from bot.cases.ports import Finding, Health
from connectors.x import payload, walk
from connectors.x.client import XClient
from connectors.x.options import PriceList
from connectors.x.payload import Json


async def check(client: XClient, handle: str, *, private: bool, prices: PriceList) -> Health:
    """Ask X who we are, then read a few mentions and, where they are used, direct messages. Costs some cents
    at most and changes nothing."""
    try:
        found = await client.get_me()
    except NetworkError as error:
        return Health((Finding("credentials", False, _sentence(client, error)),))
    me = next(map(payload.author_of, payload.items_of(found)), None)
    if me is None:
        text = (
            "X took the credentials but does not say whose they are. Create new ones as the brand's account."
        )
        return Health((Finding("credentials", False, text),))
    findings = [whose(me.handle, handle)]
    cost = _dollars(prices.table["mention_read"])
    text = f"A mention read will cost {cost}, because the credentials are the account's own."
    findings.append(
        await _tried(client, "mentions", walk.mentions(client, me.id).read(walk.PageRequest(5)), text)
    )
    if private:
        text = f"Direct messages can be read; each costs {_dollars(prices.table['dm_read'])}."
        findings.append(
            await _tried(client, "direct messages", walk.messages(client).read(walk.PageRequest(1)), text)
        )
    return Health(tuple(findings))


def belongs_to(found: str, configured: str) -> bool:
    """Whether credentials of one handle are those of another; X's handles have no case."""
    return found.casefold() == configured.casefold()


def whose(found: str, configured: str) -> Finding:
    """Whose the credentials are, and what to do where they are not the account's of app.yaml."""
    if belongs_to(found, configured):
        return Finding("credentials", True, f"X takes the credentials; they belong to @{found}.")
    text = (
        f"The credentials belong to @{found}, but app.yaml says @{configured}. Create the access token while "
        f"logged in as @{configured}, or correct the handle."
    )
    return Finding("credentials", False, text)


async def _tried(client: XClient, subject: str, reading: Awaitable[Json], well: str) -> Finding:
    try:
        walk.page_of(await reading)
    except NetworkError as error:
        return Finding(subject, False, _sentence(client, error))
    return Finding(subject, True, well)


def _sentence(client: XClient, error: NetworkError) -> str:
    """What went wrong and what to do about it."""
    said = f" ({error.detail})" if error.detail else ""
    if "Application-Only" in error.detail or "application-only" in error.detail:
        return (
            "The bearer token is an app's own, and an app has no mentions and cannot reply. Use the four "
            f"OAuth 1.0a secrets, or an OAuth 2.0 user token of the brand's account.{said}"
        )
    if isinstance(error, AuthExpired):
        return (
            f"X does not take the credentials. Create new ones in the developer console and set them.{said}"
        )
    if isinstance(error, OutOfCredit):
        return f"The account's prepaid credit is used up. Add credit in the developer console of X.{said}"
    if isinstance(error, RateLimited):
        return f"X asks to wait until {error.until:%H:%M} UTC. Check again then.{said}"
    if isinstance(error, NotPermitted):
        return f"X does not allow this app to do this. Look at the app's permissions and access level.{said}"
    return f"{client.api_url} does not answer as X does. Is api_url right, and is X up?{said}"


def _dollars(amount: Decimal) -> str:
    return f"${amount.normalize():f}"

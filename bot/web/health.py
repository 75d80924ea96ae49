"""Whether the bot lives, and whether it can do its work: what a supervisor and a load balancer ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

log = logging.getLogger(__name__)

#: What is in the way, in a sentence; "" when nothing is.
Question = Callable[[], Awaitable[str]]

#: A part that does not answer within this many seconds is not well.
PATIENCE = 2.0


class Health:
    """Answers /healthz and /readyz. `parts` are asked side by side, each time again."""

    def __init__(self, parts: Mapping[str, Question]) -> None:
        self._parts = parts

    async def lives(self, _request: web.Request) -> web.Response:
        """200 as long as the process answers at all. A supervisor that gets none may start it again."""
        return web.json_response({"lives": True})

    async def is_ready(self, _request: web.Request) -> web.Response:
        """200 when every part works, else 503 with what is in the way, by part."""
        answers = await asyncio.gather(*(_ask(question) for question in self._parts.values()))
        reasons = {part: answer for part, answer in zip(self._parts, answers, strict=True) if answer}
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


async def _ask(question: Question) -> str:
    try:
        return await asyncio.wait_for(question(), PATIENCE)
    except TimeoutError:
        return f"gives no answer within {PATIENCE:g} seconds"
    except Exception as error:  # a part that breaks is not well, and keeps no other from saying how it is
        log.warning("A part could not say whether it works: %s", error, extra={"action": "health_broke"})
        return f"cannot tell how it is: {error}"

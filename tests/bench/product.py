"""The product as it runs, in a process of its own, with the outside's limits shortened on request."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot import bootstrap
from bot.config import Config, load
from bot.slack import pace


def main() -> None:
    """Run until SIGTERM, with the options of `processes.product`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--slot", type=float, default=1.0, help="what Slack's second between posts becomes")
    parser.add_argument("--poll-every", type=float, default=1.0)
    asked = parser.parse_args()
    _shorten(asked.slot)
    config = load(asked.config, os.environ, bootstrap.network_terms())
    asyncio.run(_run(_polling(config, timedelta(seconds=asked.poll_every))))


def _shorten(scale: float) -> None:
    """Slack's limits, this much shorter: what they cost is known, what the program adds is not."""
    at_scale = replace(
        pace.DESK_PACE,
        post_every=pace.DESK_PACE.post_every * scale,
        call_every=pace.DESK_PACE.call_every * scale,
    )
    pace.DESK_PACE = at_scale


def _polling(config: Config, often: timedelta) -> Config:
    accounts = tuple(account.model_copy(update={"poll_every": often}) for account in config.accounts)
    return config.model_copy(update={"accounts": accounts})


async def _run(config: Config) -> None:
    bot = await bootstrap.open_bot(config)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    gc.collect()  # as bot.cli does
    gc.freeze()
    print("ready", flush=True)
    await stop.wait()
    await bot.close()


if __name__ == "__main__":
    main()

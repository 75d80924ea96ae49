"""A second brand beside the rig's own: a library, with a team and a channel for itself."""

from __future__ import annotations

from dataclasses import asdict

from tests.scenario.rig import Rig
from tests.scenario.sides import Json, Person

SECOND = """\
  - name: library-x
    network: x
    handle: "@{handle}"
    team: library
    api_url: {x_url}
    poll_every: 1s
    credentials:
      consumer_key: ${{L_CONSUMER_KEY}}
      consumer_secret: ${{L_CONSUMER_SECRET}}
      access_token: ${{L_ACCESS_TOKEN}}
      access_token_secret: ${{L_ACCESS_TOKEN_SECRET}}
"""


class TwoBrands:
    """A rig whose bot also cares for a library, in a room of its own."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        slack, x = rig.world.slack, rig.world.x
        known = next((person for person in x.people if person.handle == "library_x"), None)
        self.library = known or x.add_person("library_x", "The library", automated=True)
        self.room = slack.add_channel("library", [slack.bot.id, *(agent.id for agent in rig.agents)]).id
        secrets = asdict(x.credentials(self.library))
        rig.secrets |= {f"L_{name.upper()}": value for name, value in secrets.items() if name != "bearer"}
        team = f"teams:\n  library: {{channel: {self.room}, hold: 0s}}\n"
        account = SECOND.format(handle=self.library.handle, x_url=rig.x_url)
        rig.app_yaml = rig.app_yaml.replace("teams:\n", team) + account

    async def shown(self, room: str) -> list[str]:
        """What stands in a room."""
        return [message["text"] for message in await self._messages(room)]

    async def card(self, room: str, words: str) -> str:
        """Wait for the card in a room that shows these words; returns its ts."""

        async def find() -> str:
            found = (str(m["ts"]) for m in await self._messages(room) if words in m["text"])
            return next(found, "")

        return await self.rig.until(find, f"no card in {room} shows {words!r}")

    async def write(self, who: Person, room: str, thread: str, text: str) -> None:
        """Claim a case and answer it."""
        await self.rig.slack(who, "reactions.add", channel=room, timestamp=thread, name="eyes")
        await self.card(room, who.name)
        await self.rig.slack(who, "chat.postMessage", channel=room, thread_ts=thread, text=text)

    def published(self, author_id: str) -> list[str]:
        """What an account posted."""
        return [post.text for post in self.rig.world.x.posts if post.author_id == author_id]

    async def _messages(self, room: str) -> list[Json]:
        answer = await self.rig.slack(self.rig.agents[0], "conversations.history", channel=room)
        return list(answer["messages"])

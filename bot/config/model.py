"""The shape of app.yaml: one frozen model a block, each field with an example that the mistakes quote."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    model_validator,
)

from bot.cases import installation
from bot.cases.posts import AccountId
from bot.config import fields, secret, slash


class _Block(BaseModel):
    """A mapping in app.yaml: unknown keys are refused, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _or_nothing(value: Any) -> Any:
    """An optional block of which every line is commented out is an empty one."""
    return {} if value is None else value


def _some(value: Any) -> Any:
    if not value:
        raise fields.wrong("is empty. Describe at least one.")
    return value


class DeskConfig(_Block):
    """Where the agents work."""

    kind: Annotated[Literal["slack"], Field(examples=["slack"])]
    #: Ends with a slash.
    api_url: Annotated[
        fields.ApiUrl,
        AfterValidator(lambda url: url.rstrip("/") + "/"),
        Field(examples=["https://slack.com/api/"]),
    ] = "https://slack.com/api/"
    #: The app's slash command, as its manifest names it.
    command: Annotated[str, PlainValidator(slash.command), Field(examples=["/webcare"])] = "/webcare"
    #: How Slack's events arrive: over a socket that the bot opens, or as requests to its web address.
    mode: Annotated[Literal["socket", "http"], Field(examples=["socket or http"])] = "socket"
    bot_token: Annotated[secret.BotToken, Field(examples=["${SLACK_BOT_TOKEN}"])]
    #: Set in the mode socket (`references` sees to it).
    app_token: Annotated[secret.AppToken, Field(examples=["${SLACK_APP_TOKEN}"])] = None
    #: Set in the mode http, and never empty.
    signing_secret: Annotated[secret.SigningSecret, Field(examples=["${SLACK_SIGNING_SECRET}"])] = None

    def way_in(self) -> str:
        """The secret that lets Slack's events in, by the mode; "" where it is not set."""
        wanted = self.signing_secret if self.mode == "http" else self.app_token
        return wanted.get_secret_value() if wanted else ""


class TargetsConfig(_Block):
    """The promised response times."""

    first_reply: Annotated[timedelta, fields.duration("1s", "30d"), Field(examples=["1h"])] = timedelta(
        hours=1
    )
    next_reply: Annotated[timedelta, fields.duration("1s", "30d"), Field(examples=["1h"])] = timedelta(
        hours=1
    )
    warn_before: Annotated[timedelta, fields.duration("0s", "30d"), Field(examples=["15m"])] = timedelta(
        minutes=15
    )

    escalate_after: Annotated[timedelta, fields.duration("1s", "30d"), Field(examples=["15m"])] = timedelta(
        minutes=15
    )

    @model_validator(mode="after")
    def _warns_in_time(self) -> TargetsConfig:
        if "warn_before" in self.model_fields_set and self.warn_before > min(
            self.first_reply, self.next_reply
        ):
            raise fields.wrong(
                "has a warn_before that is longer than a target, so it would warn before anybody wrote. "
                "Make warn_before shorter than first_reply and next_reply."
            )
        return self


class TeamConfig(_Block):
    """A care team and its room."""

    #: An id, or a name that begins with #.
    channel: Annotated[fields.Channel, Field(examples=["C0123456789"])]
    targets: Annotated[TargetsConfig, BeforeValidator(_or_nothing)] = TargetsConfig()
    hold: Annotated[timedelta, fields.duration("0s", "1h"), Field(examples=["15s"])] = timedelta(seconds=15)
    #: "channel", "here", "nobody", or a user group: its id, or its handle that begins with @.
    call: Annotated[fields.Call, Field(examples=["channel, here, nobody or S0123456789"])] = "channel"


class AccountConfig(_Block):
    """One brand profile on one network."""

    name: Annotated[fields.Name, Field(examples=["brand-x"])]
    network: Annotated[fields.Name, Field(examples=["x"])]
    #: Without the leading @.
    handle: Annotated[fields.Handle, Field(examples=['"@brand"'])]
    team: Annotated[fields.Name, Field(examples=["care"])]
    #: Without a closing slash; None for the network's own address.
    api_url: Annotated[
        fields.ApiUrl | None,
        AfterValidator(lambda url: url and url.rstrip("/")),
        Field(examples=["https://api.x.com"]),
    ] = None
    poll_every: Annotated[timedelta, fields.duration("1s", "1d"), Field(examples=["60s"])] = timedelta(
        seconds=60
    )
    #: How private replies go; None where the program has no way of its own.
    private: Annotated[fields.OptionalName, Field(examples=["dm"])] = None
    initials: Annotated[fields.Flag, Field(examples=["true"])] = True
    #: US dollars a (UTC) day; None for no limit.
    daily_limit: Annotated[fields.Limit, Field(examples=["5.00"])] = None
    credentials: Annotated[dict[str, secret.Secret], Field(examples=["{access_token: ${X_ACCESS_TOKEN}, …}"])]


class ReactionsConfig(_Block):
    """Which emoji means what, by the names that Slack keeps for them."""

    claim: Annotated[fields.Emoji, Field(examples=["eyes"])] = "eyes"
    close: Annotated[fields.Emoji, Field(examples=["white_check_mark"])] = "white_check_mark"
    dismiss: Annotated[fields.Emoji, Field(examples=["see_no_evil"])] = "see_no_evil"
    stop: Annotated[fields.Emoji, Field(examples=["x"])] = "x"
    send_now: Annotated[fields.Emoji, Field(examples=["rocket"])] = "rocket"
    private: Annotated[fields.Emoji, Field(examples=["lock"])] = "lock"
    sent: Annotated[fields.Emoji, Field(examples=["outbox_tray"])] = "outbox_tray"
    failed: Annotated[fields.Emoji, Field(examples=["boom"])] = "boom"
    #: "" for no mark.
    note: Annotated[fields.Mark, Field(examples=["memo, or false for none"])] = "memo"

    @model_validator(mode="after")
    def _one_meaning_each(self) -> ReactionsConfig:
        meanings: dict[str, str] = {}
        for meaning, emoji in self.model_dump().items():
            if emoji in meanings:
                written = meaning in self.model_fields_set
                by_itself = "" if written else " (which it does unless you write another)"
                raise fields.wrong(
                    f"lets :{emoji}: mean both {meanings[emoji]} and {meaning}{by_itself}. "
                    "Choose another for one."
                )
            meanings[emoji] = meaning
        return self


class AgentConfig(_Block):
    """What is known of an agent beforehand."""

    #: Without the leading ^.
    initials: Annotated[fields.Initials, Field(examples=["MK"])]


class WebConfig(_Block):
    """Where the bot can be asked: for its health and figures, and by Slack in the mode http."""

    listen: Annotated[fields.ListenAddress, Field(examples=["127.0.0.1:8080"])]


class Config(_Block):
    """app.yaml, read and found in order. Secrets are `SecretStr`: they show as stars."""

    database: Annotated[secret.DatabaseUrl, Field(examples=["sqlite:///webcare.db"])]
    language: Annotated[fields.Language, Field(examples=["nl"])]
    timezone: Annotated[fields.Timezone, Field(examples=["Europe/Amsterdam"])]
    desk: Annotated[DeskConfig, Field(examples=["{kind: slack, bot_token: …, app_token: …}"])]
    #: None opens no port at all.
    web: Annotated[WebConfig | None, Field(examples=["{listen: 127.0.0.1:8080}"])] = None
    teams: Annotated[
        dict[fields.Name, TeamConfig], AfterValidator(_some), Field(examples=["{care: {channel: …}}"])
    ]
    accounts: Annotated[
        tuple[AccountConfig, ...],
        AfterValidator(_some),
        Field(examples=["a list, each item beginning with - name:"]),
    ]
    reactions: Annotated[ReactionsConfig, BeforeValidator(_or_nothing)] = ReactionsConfig()
    agents: Annotated[
        dict[fields.AgentId, AgentConfig],
        BeforeValidator(_or_nothing),
        Field(examples=["{U0123456789: {initials: MK}}"]),
    ] = {}
    #: US dollars by network and kind of cost, where they differ from what the connector knows.
    prices: Annotated[
        dict[str, dict[str, fields.Amount]],
        BeforeValidator(_or_nothing),
        Field(examples=["{x: {post_create: 0.015}}"]),
    ] = {}

    def installation(self) -> installation.Installation:
        """The part that the middle works with, without secrets. Channels stand as they were written."""
        return installation.Installation(
            language=self.language,
            timezone=self.timezone,
            teams={name: _team(name, team) for name, team in self.teams.items()},
            accounts={AccountId(account.name): _account(account) for account in self.accounts},
            reactions=installation.Reactions(**self.reactions.model_dump()),
            initials={agent: entry.initials for agent, entry in self.agents.items()},
            command=self.desk.command,
        )


def _team(name: str, team: TeamConfig) -> installation.Team:
    return installation.Team(
        name=name,
        channel=team.channel,
        targets=installation.Targets(**team.targets.model_dump()),
        hold=team.hold,
        call=team.call,
    )


def _account(account: AccountConfig) -> installation.Account:
    return installation.Account(
        name=AccountId(account.name),
        network=account.network,
        handle=account.handle,
        team=account.team,
        poll_every=account.poll_every,
        initials=account.initials,
        daily_limit=account.daily_limit,
    )

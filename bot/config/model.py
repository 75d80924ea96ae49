"""The shape of app.yaml: one frozen model a block, each field with an example that the mistakes quote."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    model_validator,
)

from bot.cases import installation
from bot.cases.hours import always
from bot.cases.posts import AccountId
from bot.config import fields, secret, slash
from bot.config.duty import Leads, RosterConfig, StepConfig, roster_of
from bot.config.hours import Holidays, HoursConfig, hours_of, longest_week
from bot.config.priority import Level, RuleConfig

HOUR = timedelta(hours=1)


class _Block(BaseModel):
    """A mapping in app.yaml."""

    model_config = fields.BLOCK


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


class PromiseConfig(_Block):
    """The response times promised for a part of the cases."""

    first_reply: Annotated[timedelta | None, fields.duration("1s", "30d"), Field(examples=["30m"])] = None
    next_reply: Annotated[timedelta | None, fields.duration("1s", "30d"), Field(examples=["30m"])] = None
    resolution: Annotated[fields.Resolution, Field(examples=["8h or 2wd"])] = None


class TargetsConfig(_Block):
    """The promised response times, in service time."""

    first_reply: Annotated[timedelta, fields.duration("1s", "30d"), Field(examples=["1h"])] = timedelta(
        hours=1
    )
    next_reply: Annotated[timedelta, fields.duration("1s", "30d"), Field(examples=["1h"])] = timedelta(
        hours=1
    )
    #: From the first mention to closing; None for no such promise.
    resolution: Annotated[fields.Resolution, Field(examples=["8h or 2wd"])] = None
    #: A time, or a part of the target.
    warn_before: Annotated[
        timedelta | Fraction, fields.duration_or_part("0s", "30d"), Field(examples=["15m or 20%"])
    ] = timedelta(minutes=15)
    escalate_after: Annotated[timedelta, fields.duration("1s", "30d"), Field(examples=["15m"])] = timedelta(
        minutes=15
    )

    per_account: Annotated[
        dict[fields.Name, PromiseConfig],
        BeforeValidator(fields.or_nothing),
        Field(examples=["{brand-x: {first_reply: 30m}}"]),
    ] = {}

    per_priority: Annotated[
        dict[Level, PromiseConfig],
        BeforeValidator(fields.or_nothing),
        Field(examples=["{urgent: {first_reply: 15m}}"]),
    ] = {}

    def longest(self) -> timedelta:
        """The longest of the response times."""
        times: list[Any] = [self.first_reply, self.next_reply, self.resolution]
        for promise in (*self.per_account.values(), *self.per_priority.values()):
            times += [promise.first_reply, promise.next_reply, promise.resolution]
        return max(time for time in times if isinstance(time, timedelta))

    @model_validator(mode="after")
    def _warns_in_time(self) -> TargetsConfig:
        warn_before = self.warn_before if "warn_before" in self.model_fields_set else timedelta(0)
        if isinstance(warn_before, timedelta) and warn_before > min(self.first_reply, self.next_reply):
            raise fields.wrong(
                "has a warn_before that is longer than a target, so it would warn before anybody wrote. "
                "Make warn_before shorter than first_reply and next_reply."
            )
        return self


class TeamConfig(_Block):
    """A care team and its room."""

    #: An id, or a name that begins with #.
    channel: Annotated[fields.Channel, Field(examples=["C0123456789"])]
    targets: Annotated[TargetsConfig, BeforeValidator(fields.or_nothing)] = TargetsConfig()
    #: None for a team that never closes.
    hours: HoursConfig = None
    priority: Annotated[
        tuple[RuleConfig, ...], Field(examples=["a list, each item such as {set: urgent, words: [lawyer]}"])
    ] = ()
    holidays: Holidays = None
    hold: Annotated[timedelta, fields.duration("0s", "1h"), Field(examples=["15s"])] = timedelta(seconds=15)
    claim_expires: Annotated[timedelta | None, fields.duration("1s", "30d"), Field(examples=["2h"])] = None
    close_after: Annotated[timedelta | None, fields.duration("1s", "365d"), Field(examples=["7d"])] = None
    reopen_within: Annotated[timedelta | None, fields.duration("0s", "365d"), Field(examples=["30d"])] = None
    promises: Annotated[fields.Flag, Field(examples=["false"])] = True
    second_reader: Annotated[fields.Part, Field(examples=["20%"])] = Fraction(0)
    escalation: Annotated[
        tuple[StepConfig, ...], Field(examples=["a list, each item such as {when: missed, call: lead}"])
    ] = ()
    leads: Leads = ()
    duty: RosterConfig = None
    #: "channel", "here", "nobody", or a user group: its id, or its handle that begins with @.
    call: Annotated[fields.Call, Field(examples=["channel, here, nobody or S0123456789"])] = "channel"

    @model_validator(mode="after")
    def _can_be_kept(self) -> TeamConfig:
        if self.hours is None:
            if self.holidays is not None:
                raise fields.wrong("has holidays and no hours. Write hours, or take the holidays out.")
            return self
        week, longest = longest_week(self.hours), self.targets.longest()
        if longest > week:
            raise fields.wrong(
                f"promises something within {longest / HOUR:g} hours of service, and no week of its hours "
                f"has more than {week / HOUR:g}. Write a shorter target."
            )
        return self


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
    #: None for that of the team.
    hold: Annotated[timedelta | None, fields.duration("0s", "1h"), Field(examples=["0s"])] = None
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
    reactions: Annotated[ReactionsConfig, BeforeValidator(fields.or_nothing)] = ReactionsConfig()
    agents: Annotated[
        dict[fields.AgentId, AgentConfig],
        BeforeValidator(fields.or_nothing),
        Field(examples=["{U0123456789: {initials: MK}}"]),
    ] = {}
    #: US dollars by network and kind of cost, where they differ from what the connector knows.
    prices: Annotated[
        dict[str, dict[str, fields.Amount]],
        BeforeValidator(fields.or_nothing),
        Field(examples=["{x: {post_create: 0.015}}"]),
    ] = {}

    def installation(self) -> installation.Installation:
        """The part that the middle works with, without secrets. Channels stand as they were written."""
        return installation.Installation(
            language=self.language,
            timezone=self.timezone,
            teams={name: _team(name, team, ZoneInfo(self.timezone)) for name, team in self.teams.items()},
            accounts={AccountId(account.name): _account(account) for account in self.accounts},
            reactions=installation.Reactions(**self.reactions.model_dump()),
            initials={agent: entry.initials for agent, entry in self.agents.items()},
            command=self.desk.command,
        )


def _team(name: str, team: TeamConfig, zone: ZoneInfo) -> installation.Team:
    targets = {key: value for key, value in team.targets if not key.startswith("per_")}
    per_account = {
        AccountId(account): installation.Promise(**dict(promise))
        for account, promise in team.targets.per_account.items()
    }
    per_priority = {
        level: installation.Promise(**dict(promise)) for level, promise in team.targets.per_priority.items()
    }
    return installation.Team(
        name=name,
        channel=team.channel,
        targets=installation.Targets(**targets, per_account=per_account, per_priority=per_priority),
        hours=always(zone) if team.hours is None else hours_of(team.hours, team.holidays, zone),
        hold=team.hold,
        call=team.call,
        priority=tuple(rule.rule() for rule in team.priority),
        claim_expires=team.claim_expires,
        escalation=tuple(step.step() for step in team.escalation),
        leads=team.leads,
        roster=roster_of(team.duty, zone),
        close_after=team.close_after,
        reopen_within=team.reopen_within,
        second_reader=team.second_reader,
        promises=team.promises,
    )


def _account(account: AccountConfig) -> installation.Account:
    return installation.Account(
        name=AccountId(account.name),
        network=account.network,
        handle=account.handle,
        team=account.team,
        poll_every=account.poll_every,
        initials=account.initials,
        hold=account.hold,
        daily_limit=account.daily_limit,
    )

"""app.yaml: what a good one becomes, where its secrets come from, and what is wrong with a file as such."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import network_terms
from bot.cases.hours import always
from bot.cases.installation import Installation, Promise, Reactions, Targets, Team
from bot.cases.posts import AccountId
from bot.cases.priority import Priority, Rule
from bot.config import ConfigError, load
from tests.unit.app_yaml import ENVIRON, GOOD, SECOND, changed, complaint, read


class TestAGoodFile:
    def test_becomes_the_installation_that_the_middle_works_with(self) -> None:
        installation = read(GOOD).installation()

        assert installation == Installation(
            language="nl",
            timezone="Europe/Amsterdam",
            teams={
                "care": Team(
                    name="care",
                    channel="C0123456789",
                    targets=Targets(timedelta(minutes=90), timedelta(hours=2), timedelta(minutes=15)),
                    hold=timedelta(seconds=15),
                    hours=always(ZoneInfo("Europe/Amsterdam")),
                )
            },
            accounts=installation.accounts,
            reactions=Reactions(),
            initials={},
        )

    def test_gives_the_account_without_its_at_sign_and_without_its_secrets(self) -> None:
        account = read(GOOD).installation().accounts[AccountId("brand-x")]

        assert (account.handle, account.team, account.poll_every) == ("brand", "care", timedelta(seconds=60))
        assert (account.initials, account.daily_limit) == (True, None)
        assert not hasattr(account, "credentials")

    def test_may_give_an_account_a_hold_of_its_own_and_its_team_targets_for_it(self) -> None:
        text = changed("    poll_every: 60s", "    hold: 0s").replace(
            "warn_before: 15m", "warn_before: 20%, per_account: {brand-x: {first_reply: 30m}}"
        )
        installation = read(text).installation()
        targets = installation.teams["care"].targets

        assert installation.holds() == {timedelta(0)}
        assert targets.warn_before == Fraction(1, 5)
        assert targets.per_account == {AccountId("brand-x"): Promise(timedelta(minutes=30))}

    def test_may_have_rules_of_priority_and_targets_for_each(self) -> None:
        rules = "priority: [{set: urgent, words: [lawyer]}, {set: low, followers: 9, languages: [EN]}]"
        text = changed("    hold: 15s", f"    hold: 15s\n    {rules}").replace(
            "warn_before: 15m", "per_priority: {urgent: {next_reply: 10m}}"
        )
        team = read(text).installation().teams["care"]

        assert team.priority == (
            Rule(Priority.URGENT, ("lawyer",)),
            Rule(Priority.LOW, followers=9, languages=("en",)),
        )
        assert team.targets.per_priority == {Priority.URGENT: Promise(next_reply=timedelta(minutes=10))}

    def test_takes_secrets_from_the_environment(self) -> None:
        config = read(GOOD)

        assert config.desk.bot_token.get_secret_value() == "xoxb-1-bot"
        assert config.accounts[0].credentials["access_token"].get_secret_value() == "token-of-the-brand"

    def test_never_shows_a_secret_when_it_is_printed(self) -> None:
        config = read(changed("sqlite:///webcare.db", "${DATABASE_URL}"))

        assert all(
            secret not in f"{config} {config!r}"
            for secret in (*ENVIRON.values(), "swordfish")
            if secret.strip()
        )

    def test_may_name_a_variable_between_the_braces_of_a_short_mapping(self) -> None:
        config = read(GOOD + SECOND)

        assert config.accounts[1].credentials["consumer_key"].get_secret_value() == "key-of-the-app"

    def test_may_set_what_an_account_does_privately_and_what_it_may_spend(self) -> None:
        text = changed("    poll_every: 60s", "    private: dm\n    initials: false\n    daily_limit: 5.00")
        config = read(text)
        account = config.installation().accounts[AccountId("brand-x")]

        assert config.accounts[0].private == "dm"
        assert (account.initials, account.daily_limit) == (False, Decimal("5.00"))

    def test_may_give_agents_their_initials(self) -> None:
        text = GOOD + 'agents:\n  U0123: {initials: NO}\n  U0456: {initials: "^pv"}\n'

        assert read(text).installation().initials == {"U0123": "NO", "U0456": "pv"}

    def test_may_set_prices(self) -> None:
        assert read(GOOD + "prices: {x: {post_create: 0.02}}\n").prices == {
            "x": {"post_create": Decimal("0.02")}
        }

    def test_may_write_an_emoji_by_any_of_its_names(self) -> None:
        reactions = read(GOOD + "reactions: {claim: ':thumbsup:'}\n").installation().reactions

        assert reactions.claim == "+1"

    def test_the_mark_of_what_stays_inside_may_be_left_out(self) -> None:
        assert read(GOOD + "reactions: {note: false}\n").installation().reactions.note == ""

    def test_may_sign_in_by_a_bearer_token_alone(self) -> None:
        four = GOOD[GOOD.index("      consumer_key") :]
        config = read(GOOD.replace(four, "      bearer_token: ${X_ACCESS_TOKEN}\n"))

        assert config.accounts[0].credentials.keys() == {"bearer_token"}

    def test_may_leave_an_optional_block_empty(self) -> None:
        config = read(GOOD + "reactions:\nagents:\nprices:\n")

        assert (config.reactions.claim, config.agents, config.prices) == ("eyes", {}, {})

    def test_may_point_at_a_local_slack_and_a_local_x(self) -> None:
        text = changed("  kind: slack", "  kind: slack\n  api_url: http://127.0.0.1:8701/api")
        text = text.replace("    poll_every: 60s", "    api_url: http://localhost:8702/x/")
        config = read(text)

        assert (config.desk.api_url, config.accounts[0].api_url) == (
            "http://127.0.0.1:8701/api/",
            "http://localhost:8702/x",
        )

    def test_that_comes_with_the_project_is_in_order(self) -> None:
        config = load(Path(__file__).parents[2] / "app.yaml", ENVIRON, network_terms())

        assert config.accounts[0].daily_limit == Decimal("5.00")


class TestDatabase:
    def test_password_comes_from_the_environment_and_is_made_fit_for_an_address(self) -> None:
        url = "postgresql+psycopg://webcare:${DATABASE_PASSWORD}@db:5432/webcare"
        config = read(changed("sqlite:///webcare.db", url))

        assert (
            config.database.get_secret_value() == "postgresql+psycopg://webcare:p%40ss%2Fword@db:5432/webcare"
        )

    def test_address_may_come_whole_from_the_environment(self) -> None:
        config = read(changed("sqlite:///webcare.db", "${DATABASE_URL}"))

        assert config.database.get_secret_value() == ENVIRON["DATABASE_URL"]

    def test_address_may_be_as_hosting_platforms_give_it(self) -> None:
        assert read(changed("sqlite:///webcare.db", "postgres://db/webcare")).database

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("postgresql+asyncpg://db/webcare", "must begin with postgresql+psycopg://"),
            ("sqlite+aiosqlite:///webcare.db", "must begin with sqlite:///"),
            ("sqlite://", "names no file, so everything would be lost at each stop"),
            ("'sqlite:///:memory:'", "names no file, so everything would be lost at each stop"),
            ("mysql://db/webcare", "must be an SQLite file (sqlite:///webcare.db) or PostgreSQL"),
            ("webcare.db", "must be an SQLite file (sqlite:///webcare.db) or PostgreSQL"),
            ("postgresql+psycopg://db:port/webcare", "is not an address"),
            ("postgresql+psycopg://me:hunter2@db/webcare", "holds a password"),
            ("postgresql+psycopg://db/webcare?password=hunter2", "holds a password after the ?"),
            ("postgresql+psycopg://${DB_HOST}/webcare", "may name a variable for the whole address"),
        ],
    )
    def test_address_that_cannot_work_is_explained_without_showing_it(self, url: str, sentence: str) -> None:
        said = complaint(changed("sqlite:///webcare.db", url))

        assert said.startswith(f"line 1, database: {sentence}")
        assert "hunter2" not in said


class TestSecrets:
    def test_written_into_the_file_is_refused_and_not_repeated(self) -> None:
        said = complaint(changed("${SLACK_BOT_TOKEN}", "xoxb-not-for-your-eyes"))

        assert said.startswith("line 6, desk.bot_token: holds the secret itself.")
        assert "write ${SLACK_BOT_TOKEN} here" in said
        assert "eyes" not in said

    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            ("${NOPE}", "needs the environment variable NOPE, which is not set."),
            ("${EMPTY}", "needs the environment variable EMPTY, which is empty."),
            ("${TORN}", "comes from TORN, which has a space or a line break inside."),
            ("${A:-b}", "must be one variable and nothing else"),
            ("Bearer ${NOPE}", "must be one variable and nothing else"),
            ("", "is empty. Write for example"),
            ("[a, b]", "must be a single value."),
        ],
    )
    def test_that_cannot_be_had_is_named(self, written: str, sentence: str) -> None:
        said = complaint(changed("${X_CONSUMER_SECRET}", written))

        assert said.startswith(f"line 21, accounts[0].credentials.consumer_secret: {sentence}")

    def test_of_slack_that_were_swapped_are_told_apart(self) -> None:
        text = changed("bot_token: ${SLACK_BOT_TOKEN}", "bot_token: ${SLACK_APP_TOKEN}")

        assert "is not a bot token: its variable holds another kind of token" in complaint(text)

    def test_pasted_into_another_field_is_not_repeated(self) -> None:
        said = complaint(changed("C0123456789", "xoxb-pasted-here"))

        assert said.startswith("line 10, teams.care.channel: (not shown) is not a channel.")

    def test_takes_the_place_of_nothing_but_a_secret(self) -> None:
        said = complaint(changed('"@brand"', "${HANDLE}"))

        assert "takes nothing from the environment; only secrets do" in said


class TestTheFile:
    def test_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(
            ConfigError, match=r"There is no file .*app\.yaml\. Copy the app\.yaml that comes with"
        ):
            load(tmp_path / "app.yaml", ENVIRON)

    def test_that_is_a_folder_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"is a folder\. Name the file itself"):
            load(tmp_path, ENVIRON)

    def test_that_is_not_utf8_is_told_with_the_line(self, tmp_path: Path) -> None:
        path = tmp_path / "app.yaml"
        path.write_bytes(b"language: nl\ntimezone: \xe9\n")

        with pytest.raises(ConfigError, match=r"line 2: is not UTF-8\. Save the file as UTF-8"):
            load(path, ENVIRON)

    def test_that_begins_with_a_byte_order_mark_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "app.yaml"
        path.write_text(GOOD, encoding="utf-8-sig")

        assert load(path, ENVIRON).language == "nl"


class TestEveryMistake:
    def test_is_said_at_once_from_top_to_bottom(self) -> None:
        text = changed("language: nl", "language: fr").replace("Amsterdam", "Nowhere1")
        text = text.replace("hold: 15s", "hold: soon").replace("team: care", "team: kare")

        with pytest.raises(ConfigError) as refused:
            read(text)

        assert [mistake.line for mistake in refused.value.mistakes] == [2, 3, 12, 17]
        assert str(refused.value).startswith("app.yaml cannot be used, 4 mistakes:\n  line 2, language: ")

    @given(st.text(max_size=200), st.integers(0, len(GOOD)))
    def test_is_a_sentence_whatever_was_typed_and_wherever(self, typed: str, place: int) -> None:
        try:
            read(GOOD[:place] + typed + GOOD[place:])
        except ConfigError as refused:
            said = str(refused)
        else:
            said = ""

        assert not any(secret in said for secret in ENVIRON.values() if secret.strip())

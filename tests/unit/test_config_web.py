"""app.yaml: how Slack's events arrive, and where the bot itself can be asked."""

from __future__ import annotations

import pytest

from bot.config import ConfigError, Listen
from tests.unit.app_yaml import ENVIRON, GOOD, complaint, read

APP_TOKEN = "  app_token: ${SLACK_APP_TOKEN}\n"
WEB = "web: {listen: 127.0.0.1:8080}\n"
HTTP = GOOD.replace(APP_TOKEN, "  mode: http\n  signing_secret: ${SLACK_SIGNING_SECRET}\n")


@pytest.fixture(autouse=True)
def signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRON, "SLACK_SIGNING_SECRET", "secret-of-the-app-at-slack")


def listening(address: str) -> Listen | None:
    web = read(f"{GOOD}web:\n  listen: {address!r}\n").web
    return web.listen if web else None


class TestTheModeHttp:
    def test_needs_no_token_for_a_socket(self) -> None:
        desk = read(HTTP + WEB).desk

        assert (desk.mode, desk.app_token) == ("http", None)

    def test_takes_its_secret_from_the_environment_and_never_shows_it(self) -> None:
        config = read(HTTP + WEB)

        assert config.desk.signing_secret is not None
        assert config.desk.signing_secret.get_secret_value() == "secret-of-the-app-at-slack"
        assert "secret-of-the-app-at-slack" not in repr(config)

    def test_is_refused_without_a_secret(self) -> None:
        said = complaint(HTTP.replace("  signing_secret: ${SLACK_SIGNING_SECRET}\n", "") + WEB)

        assert said.startswith("line 4, desk.signing_secret: is missing: in the mode http it tells Slack's")

    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            ("${NOT_SET}", "needs the environment variable NOT_SET, which is not set."),
            ("${EMPTY}", "needs the environment variable EMPTY, which is empty."),
            ("", "is empty. Write for example signing_secret: ${SLACK_SIGNING_SECRET}"),
            ("0123456789abcdef", "holds the secret itself."),
            ("${SLACK_APP_TOKEN}", "is not the signing secret: its variable holds another kind of token."),
        ],
    )
    def test_is_refused_with_a_secret_that_cannot_be_one(self, written: str, sentence: str) -> None:
        said = complaint(HTTP.replace("${SLACK_SIGNING_SECRET}", written) + WEB)

        assert said.startswith(f"line 8, desk.signing_secret: {sentence}")

    @pytest.mark.parametrize("block", ["", "web:\n"])
    def test_is_refused_without_an_address_to_listen_on(self, block: str) -> None:
        assert "web: is missing: in the mode http Slack's requests must arrive somewhere." in complaint(
            HTTP + block
        )

    def test_that_lacks_both_is_told_both_at_once(self) -> None:
        with pytest.raises(ConfigError) as refused:
            read(GOOD.replace(APP_TOKEN, "  mode: http\n"))

        assert {mistake.path for mistake in refused.value.mistakes} == {
            ("web",),
            ("desk", "signing_secret"),
        }


class TestTheModeSocket:
    def test_is_what_counts_where_nothing_is_written(self) -> None:
        assert (read(GOOD).desk.mode, read(GOOD).web) == ("socket", None)

    def test_may_have_a_web_address_too(self) -> None:
        config = read(GOOD + WEB)

        assert (config.desk.mode, config.web is not None) == ("socket", True)

    def test_that_is_misspelt_is_told_the_two(self) -> None:
        said = complaint(GOOD.replace("kind: slack", "kind: slack\n  mode: websocket"))

        assert said == 'line 6, desk.mode: cannot be "websocket". Write socket or http.'


class TestTheAddress:
    @pytest.mark.parametrize(
        ("written", "host", "port"),
        [
            ("127.0.0.1:8080", "127.0.0.1", 8080),
            ("0.0.0.0:1", "0.0.0.0", 1),
            ("[::1]:65535", "::1", 65535),
            ("localhost:8080", "localhost", 8080),
        ],
    )
    def test_is_a_host_and_a_port(self, written: str, host: str, port: int) -> None:
        assert listening(written) == Listen(host, port)

    @pytest.mark.parametrize("written", ["127.0.0.1:8080", "[::1]:8080"])
    def test_is_shown_as_it_was_written(self, written: str) -> None:
        assert str(listening(written)) == written

    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            ("8080", "lacks the host. Write 127.0.0.1:8080 for this machine alone."),
            (":8080", '":8080" is not a host and a port. Write one like 127.0.0.1:8080'),
            ("localhost", '"localhost" is not a host and a port.'),
            ("localhost:0", '"0" is not a port. Write a number from 1 to 65535.'),
            ("localhost:65536", '"65536" is not a port.'),
            ("localhost:http", '"http" is not a port.'),
            ("localhost:٨٠", '"٨٠" is not a port.'),
            (
                "::1:8080",
                '"::1" is not a host. Write an address of this machine, such as 127.0.0.1,',
            ),
            ("https://bot.example.org:8080", '"https://bot.example.org" is not a host.'),
        ],
    )
    def test_that_cannot_be_one_gets_its_sentence(self, written: str, sentence: str) -> None:
        said = complaint(f"{GOOD}web:\n  listen: {written!r}\n")

        assert said.startswith(f"line 25, web.listen: {sentence}")

    @pytest.mark.parametrize(
        ("block", "sentence"),
        [
            ("web: 8080\n", "web: must be a block of keys with listen, each on a line of its own"),
            ("web: {}\n", "web.listen: is missing. Write for example listen: 127.0.0.1:8080"),
            ("web: {listen: }\n", "web.listen: is empty. Write for example listen: 127.0.0.1:8080"),
        ],
    )
    def test_that_is_not_there_gets_an_example(self, block: str, sentence: str) -> None:
        assert sentence in complaint(GOOD + block)

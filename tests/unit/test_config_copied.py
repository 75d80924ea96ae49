"""A secret that was not copied as it is: what is only around it goes, all else is told with its setting."""

from __future__ import annotations

import pytest

from tests.unit.app_yaml import ENVIRON, GOOD, changed, complaint, read

#: Every setting that holds a token, with its variable.
SETTINGS = {
    "desk.bot_token": "SLACK_BOT_TOKEN",
    "desk.app_token": "SLACK_APP_TOKEN",
    "accounts[0].credentials.consumer_key": "X_CONSUMER_KEY",
    "accounts[0].credentials.consumer_secret": "X_CONSUMER_SECRET",
    "accounts[0].credentials.access_token": "X_ACCESS_TOKEN",
    "accounts[0].credentials.access_token_secret": "X_ACCESS_TOKEN_SECRET",
}


@pytest.mark.parametrize(
    "around",
    [
        '"{}"',
        "'{}'",
        "“{}”",
        "„{}“",
        "‘{}’",
        "«{}»",
        "`{}`",
        "”{}”",
        " {} ",
        "\t{}\r\n",
        "\u00a0{}\u00a0",
        ' " {} " ',
    ],
)
def test_blanks_and_quotation_marks_around_a_secret_go(monkeypatch: pytest.MonkeyPatch, around: str) -> None:
    monkeypatch.setitem(ENVIRON, "SLACK_BOT_TOKEN", around.format("xoxb-1-bot"))
    monkeypatch.setitem(ENVIRON, "X_ACCESS_TOKEN", around.format("12-abc%3D=/+~.z"))
    config = read(GOOD)

    assert config.desk.bot_token.get_secret_value() == "xoxb-1-bot"
    assert config.accounts[0].credentials["access_token"].get_secret_value() == "12-abc%3D=/+~.z"


def test_quotation_marks_around_the_address_of_the_database_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRON, "DATABASE_URL", "“postgresql+psycopg://webcare:swordfish@db/webcare”")
    config = read(changed("sqlite:///webcare.db", "${DATABASE_URL}"))

    assert config.database.get_secret_value() == "postgresql+psycopg://webcare:swordfish@db/webcare"


def test_a_password_keeps_its_quotation_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRON, "DATABASE_PASSWORD", '"quoted"')
    url = "postgresql+psycopg://webcare:${DATABASE_PASSWORD}@db/webcare"
    config = read(changed("sqlite:///webcare.db", url))

    assert "webcare:%22quoted%22@db" in config.database.get_secret_value()


SLIPS = {
    "xoxb-12…": "is an example, or was copied while it was shown shortened. Copy it again, whole.",
    "xoxb-12...89": "is an example, or was copied while it was shown shortened.",
    "xoxb-••••••": "is an example, or was copied while it was shown shortened.",
    "xoxb-******": "is an example, or was copied while it was shown shortened.",
    "swordfish 9": "has a space or a line break inside. Copy it again, whole.",
    "swordfish\n9": "has a space or a line break inside.",
    "swordfish\u00a09": "has a space or a line break inside.",
    "Bearer swordfish": "has the word Bearer in front. Leave that word out: the token alone is needed.",
    "bearer: swordfish": "has the word Bearer in front.",
    '"Bearer swordfish"': "has the word Bearer in front.",
    "Authorization: Bearer swordfish": "has the word Bearer in front.",
    '"swordfish': "has a quotation mark in it. Write the token alone.",
    "swordfish”": "has a quotation mark in it.",
    "\u200bswordfish": "has a character that no token has (U+200B), which may be invisible.",
    "sword\u00adfish": "has a character that no token has (U+00AD), which may be invisible.",
    "swordfish\ufeff": "has a character that no token has (U+FEFF)",
    "swordfish\u202e": "has a character that no token has (U+202E)",
    "sword\x07fish": "has a character that no token has (U+0007)",
    "swordfísh": "has a character that no token has (U+00ED)",
    '""': "is empty. Give it its value.",
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_slip_is_told_with_its_setting_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, setting: str, slip: str
) -> None:
    monkeypatch.setitem(ENVIRON, SETTINGS[setting], slip)
    said = complaint(GOOD)

    assert f"{setting}: comes from {SETTINGS[setting]}, which {SLIPS[slip]}" in said
    assert "fish" not in said


@pytest.mark.parametrize(
    "written", ["“${SLACK_BOT_TOKEN}”", "Bearer ${SLACK_BOT_TOKEN}", "${SLACK_BOT_TOKEN}…"]
)
def test_a_slip_in_the_file_itself_is_told(written: str) -> None:
    said = complaint(changed("${SLACK_BOT_TOKEN}", written))

    assert said.startswith("line 6, desk.bot_token: must be one variable and nothing else")

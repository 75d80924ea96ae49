"""app.yaml: the sentence that each mistake in its keys and values gets."""

from __future__ import annotations

import pytest

from tests.unit.app_yaml import GOOD, SECOND, changed, complaint


class TestASlip:
    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            ("language: nl", "language: no", 'line 2, language: "no" is not a language of the bot. Write nl'),
            ("Amsterdam", "Amsterdm", "is not a time zone. Did you mean Europe/Amsterdam?"),
            ("Europe/Amsterdam", "Europe", '"Europe" is not a time zone.'),
            ("Europe/Amsterdam", "right/Europe/Amsterdam", "is not a time zone."),
            ("kind: slack", "kind: teams", 'line 5, desk.kind: cannot be "teams". Write slack.'),
            ("C0123456789", "care", 'line 10, teams.care.channel: "care" is not a channel.'),
            ("C0123456789", "#care", "is empty. Write for example channel: C0123456789 (In YAML a # begins"),
            ("hold: 15s", "hold: 15", '"15" is not a duration. It lacks a unit: write 15s, 15m or 15h.'),
            ("hold: 15s", "hold: 1:30", '"1:30" is not a duration. It may be read in two ways: write 1h30m'),
            ("hold: 15s", "hold: a while", '"a while" is not a duration. Write hours, minutes and seconds'),
            ("hold: 15s", "hold: 2h", '"2h" is too long: at most 1h.'),
            ("hold: 15s", "hold: 99999999999999d", "is too long: at most 1h."),
            ("poll_every: 60s", "poll_every: 0s", '"0s" is too short: at least 1s.'),
            ("warn_before: 15m", "warn_before: 3h", "has a warn_before that is longer than a target"),
            ("name: brand-x", "name: brand x", '"brand x" cannot be a name.'),
            ('"@brand"', "https://x.com/brand", "is not a handle."),
            ("hold: 15s", "call: everyone", '"everyone" cannot be called. Write channel, here or nobody'),
            ("hold: 15s", "call: @care", "has a value at column"),
            ("poll_every: 60s", "initials: off", '"off" is neither yes nor no here. Write true or false.'),
            (
                "poll_every: 60s",
                "daily_limit: $5",
                '"$5" is not an amount. Write US dollars as a plain number',
            ),
            ("poll_every: 60s", "daily_limit: 0", "would stop everything at once."),
            ("poll_every: 60s", "private: email", 'cannot be "email" on x. Write dm, or leave the line out.'),
            ("network: x", "network: xx", 'line 15, accounts[0].network: "xx" is not known. Did you mean x?'),
            ("team: care", "team: kare", 'names "kare", which is not below teams. Did you mean care?'),
            ("team: care", "team: [care]", "must be a single value. Write for example team: care"),
            (
                "    targets: {",
                "    targets: soon # {",
                "must be a block of keys with escalate_after, first_reply,",
            ),
        ],
    )
    def test_gets_its_sentence(self, old: str, new: str, sentence: str) -> None:
        assert sentence in complaint(changed(old, new))

    @pytest.mark.parametrize(
        ("block", "sentence"),
        [
            (
                "reactions: {claim: eyess}",
                'reactions.claim: "eyess" is not the name of an emoji. Did you mean eyes?',
            ),
            ("reactions: {claim: 👀}", "reactions.claim: is the emoji itself; write its name: eyes."),
            (
                "reactions: {claim: rocket}",
                "lets :rocket: mean both claim and send_now (which it does unless you write another).",
            ),
            ("reactions: {claim: rocket, send_now: rocket}", "lets :rocket: mean both claim and send_now. "),
            (
                "reactions: {dismiss: memo}",
                "lets :memo: mean both dismiss and note (which it does unless you write another). Choose",
            ),
            ("reactions: {dismiss: pencil}", "lets :memo: mean both dismiss and note"),
            ("agents: {bob: {initials: B}}", "agents.bob: is not a member id."),
            ('agents: {U012: {initials: "7"}}', '"7" cannot be initials.'),
            ("prices: {x: {posts: 1}}", "is not a kind of cost on x."),
            ("prices: {y: {posts: 1}}", "prices.y: is not a network."),
            ("prices: {x: {post_create: free}}", '"free" is not an amount.'),
        ],
    )
    def test_in_an_optional_block_gets_its_sentence(self, block: str, sentence: str) -> None:
        assert sentence in complaint(f"{GOOD}{block}\n")

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("http://slack.example/api/", "would send tokens unencrypted."),
            ("ftp://slack.example/", "is not an address. Write one that begins with https://."),
            ("https://me:pw@slack.example/", "holds a name or password."),
            ("https://slack.example/?a=b", "has a part after ? or #."),
            ("https://slack.example:port/", "is not an address."),
        ],
    )
    def test_in_an_address_of_a_server_gets_its_sentence(self, url: str, sentence: str) -> None:
        said = complaint(changed("kind: slack", f"kind: slack\n  api_url: {url}"))

        assert said.startswith(f"line 6, desk.api_url: {sentence}")


class TestKeys:
    def test_that_are_unknown_are_refused_with_the_nearest_known_one(self) -> None:
        said = complaint(changed("    hold: 15s", "    hold: 15s\n    holdd: 15s"))

        assert said == "line 13, teams.care.holdd: is not known here. Did you mean hold?"

    def test_that_are_unlike_anything_get_the_list(self) -> None:
        said = complaint(changed("kind: slack", "kind: slack\n  zzz: 1"))

        assert said.endswith(
            "Possible here: api_url, app_token, bot_token, command, kind, mode, signing_secret."
        )

    def test_that_are_missing_get_an_example(self) -> None:
        said = complaint(changed("  app_token: ${SLACK_APP_TOKEN}\n", ""))

        assert said == "line 4, desk.app_token: is missing. Write for example app_token: ${SLACK_APP_TOKEN}"

    def test_that_are_missing_among_the_credentials_get_an_example(self) -> None:
        said = complaint(changed("      access_token: ${X_ACCESS_TOKEN}\n", ""))

        assert said.endswith("access_token: is missing. Write for example access_token: ${X_ACCESS_TOKEN}")

    def test_of_two_ways_of_signing_in_are_told_apart(self) -> None:
        said = complaint(
            changed("    credentials:\n", "    credentials:\n      bearer_token: ${X_ACCESS_TOKEN}\n")
        )

        assert (
            "bearer_token: is of another way of signing in. Keep either bearer_token or access_token," in said
        )

    def test_that_are_unknown_among_the_credentials_are_named(self) -> None:
        said = complaint(changed("    credentials:\n", "    credentials:\n      tokn: ${X_ACCESS_TOKEN}\n"))

        assert "accounts[0].credentials.tokn: is not a credential of x." in said

    def test_that_are_there_twice_are_named_with_both_lines(self) -> None:
        said = complaint(GOOD + "language: en\n")

        assert said == "line 24, language: is there twice; the first is on line 2. Keep one of them."

    def test_that_are_no_words_are_refused(self) -> None:
        assert "has a key that is a list or a mapping" in complaint(GOOD + "? [a, b]\n: c\n")


class TestAccounts:
    def test_with_the_same_name_are_refused(self) -> None:
        said = complaint(GOOD + SECOND.replace("brand-two", "brand-x"))

        assert 'accounts[1].name: is "brand-x", as accounts[0] is.' in said

    def test_of_the_same_profile_are_refused(self) -> None:
        said = complaint(GOOD + SECOND.replace("@two", "@Brand"))

        assert "accounts[1].handle: is the profile of accounts[0] too." in said

    @pytest.mark.parametrize(
        ("accounts", "sentence"),
        [
            ("accounts: []\n", "accounts: is empty. Describe at least one."),
            ("accounts: {brand: {}}\n", "accounts: must be a list: let each item begin with - and a space."),
            ("accounts: [brand]\n", "accounts[0]: must be a block of keys with api_url, credentials"),
            ("", "accounts: is missing."),
        ],
    )
    def test_that_are_not_a_list_of_blocks_get_their_sentence(self, accounts: str, sentence: str) -> None:
        assert sentence in complaint(GOOD[: GOOD.index("accounts:")] + accounts)


class TestTextThatIsNotYaml:
    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            ("  kind: slack", "\tkind: slack", "line 5: has a tab at column 1."),
            ('"@brand"', "@brand", "line 16: has a value at column 13 that must stand in quotes"),
            ("  kind: slack", "    kind: slack", "line 6: does not line up with the lines above it"),
            (
                "language: nl",
                "language: nl: en",
                "line 2: has a colon at column 13 that YAML does not expect.",
            ),
            ('"@brand"', '"@brand', "line 16: opens a quote that is never closed."),
            (
                "warn_before: 15m}",
                "warn_before: 15m",
                "or [ on line 11: a comma or the closing bracket is missing",
            ),
            ("hold: 15s", "hold: *hold", "line 12: uses an alias (*name)."),
            ("desk:", "---\ndesk:", "begins a second document (---)."),
            ("language: nl", "language: !!python/name:os.system nl", "line 2, language: has the tag"),
            ("language: nl", "language: \x07", "line 2: has a character that YAML does not allow (U+0007)."),
        ],
    )
    def test_is_explained_with_its_line(self, old: str, new: str, sentence: str) -> None:
        assert sentence in complaint(changed(old, new))

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("", "The file is empty."),
            ("# nothing yet\n", "The file is empty."),
            ("- a\n- b\n", "must begin with keys"),
            ("[" * 5000, "is nested too deeply to be read."),
        ],
    )
    def test_or_is_nothing_at_all_is_explained(self, text: str, sentence: str) -> None:
        assert sentence in complaint(text)


class TestPriority:
    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            (
                "{set: urgnt, words: [x]}",
                '"urgnt" is not a priority. Did you mean urgent? Write urgent,',
            ),
            ("{set: high}", "names nothing that a post must have. Write words, followers, accounts, …"),
            ("{set: high, followers: many}", '"many" is not a number of followers. Write one such as 10000.'),
            ("{set: high, words: lawyer}", "must be a list. Write for example [lawyer, press]."),
            ("{words: [lawyer]}", "set"),
        ],
    )
    def test_a_rule_that_cannot_be_gets_its_sentence(self, written: str, sentence: str) -> None:
        text = changed("    hold: 15s", f"    hold: 15s\n    priority: [{written}]")

        assert sentence in complaint(text)


class TestDuty:
    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            ("escalation: [{when: late, call: lead}]", '"late" is no moment. Write at_risk or missed.'),
            ("escalation: [{when: missed, call: boss}]", '"boss" cannot be called. Write assignee_or_duty,'),
            ("escalation: [{when: at_risk, call: lead, again: 5m}]", "repeats what is at risk."),
            ("escalation: [{when: missed, call: lead, times: 3}]", "has times and no again."),
            ("escalation: [{when: missed, call: lead, again: 5m, times: 0}]", "cannot be a number of times."),
            ("leads: [anna]", '"anna" is neither a member id nor a user group.'),
            ("duty: {mon: U01}", 'must be a block. Write for example {"09:00-13:00": [U0123456789]}.'),
            (
                'duty: {monday: {"09:00-13:00": [U01]}}',
                'has a key "monday" that is neither a day of the week',
            ),
            ('duty: {mon: {"13:00-09:00": [U01]}}', "ends before it begins"),
            ('duty: {mon: {"09:00-13:00": [anna]}}', '"anna" is neither a member id nor a user group.'),
            ('duty: {2026-13-01: {"09:00-13:00": [U01]}}', '"2026-13-01" is not a date.'),
        ],
    )
    def test_what_cannot_be_gets_its_sentence(self, written: str, sentence: str) -> None:
        assert sentence in complaint(changed("    hold: 15s", f"    hold: 15s\n    {written}"))


class TestHours:
    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            (
                'hours: [{mon-fri: "nine-17"}]',
                'line 13, teams.care.hours[0]: "nine-17" are no hours. Write from and',
            ),
            ('hours: [{mon: "09:00-12:00, 11:00-17:00"}]', "has hours that overlap. Write them as one."),
            ('hours: [{mon: "22:00-06:00", tue: "05:00-09:00"}]', "pass midnight on mon ("),
            ('hours: [{mon: "17:00-09:00"}]', '"17:00-09:00" ends before it begins.'),
            ('hours: [{mon: "09:00-25:00"}]', "has a time that no clock shows. Write 00:00 to 24:00."),
            ('hours: [{maandag: "09:00-17:00"}]', 'has a key "maandag" that is no day of the week.'),
            ('hours: [{mom: "09:00-17:00"}]', "Did you mean mon? Write mon, tue,"),
            ("hours: [{from: 2026-01-01}]", "names no day. Write mon, tue,"),
            (
                'hours: [{from: 2026-02-01, until: 2026-01-01, mon: "09:00-17:00"}]',
                "ends on 2026-01-01 before it begins on 2026-02-01. Exchange from and until.",
            ),
            (
                "hours: [{day: 24-12-2026, closed: true}]",
                '"24-12-2026" is not a date. Write year, month and day',
            ),
            ("hours: [{day: 2026-12-24}]", "names one day. Write open:"),
            ('hours: [{fri: "20:00-04:00"}, {sat: "02:00-10:00"}]', "hours: pass midnight on fri"),
            (
                'hours: [{fri: "20:00-04:00"}, {day: 2026-12-26, open: "02:00-10:00"}]',
                "pass midnight on fri (2026-12-25 for example) and overlap those of the next day. Let",
            ),
            ("hours: [{mon: closed}]", "teams.care.hours: never open. Write the hours of"),
            ("hours: [{mon: }]", "has a key without a value. Write from and until"),
            ("hours: [{mon: [09:00-12:00]}]", "has a list or a block where text belongs. Write from and"),
            ('hours: [{mon: "9-17"}]\n    holidays: NL', "must be a block of keys with country, except,"),
            (
                'hours: [{mon: "09:00-10:00"}]',
                "within 2 hours of service, and no week of its hours has more than 1",
            ),
            (
                'hours: [{mon: "09:00-09:30"}, {tue: "09:00-09:45"}]',
                "within 2 hours of service, and no week of its hours has more than 1.25",
            ),
            ("holidays: {country: NL}", "has holidays and no hours."),
            (
                'hours: [{mon: "09:00-17:00"}]\n    holidays: {country: HOLLAND}',
                '"HOLLAND" is not a country here.',
            ),
            (
                'hours: [{mon: "09:00-17:00"}]\n    holidays: {country: NL, except: [god_friday]}',
                'has no holiday "god_friday" to leave out. Did you mean good_friday?',
            ),
            (
                'hours: [{mon: "09:00-17:00"}]\n    holidays: {country: NL, extra: [carnival]}',
                'has no day "carnival" to add.',
            ),
            (
                'hours: [{mon: "09:00-17:00"}]\n    holidays: {country: GB, region: Englnd}',
                'has no region "Englnd" of GB. Did you mean ENG?',
            ),
        ],
    )
    def test_that_cannot_be_get_their_sentence(self, written: str, sentence: str) -> None:
        assert sentence in complaint(changed("    hold: 15s", f"    hold: 15s\n    {written}"))

    @pytest.mark.parametrize(
        ("target", "sentence"),
        [
            ("warn_before: 120%", '"120%" is more than the whole. Write 0% to 100%'),
            ("warn_before: 20 %, per_account: {brandx: {first_reply: 1h}}", "Did you mean brand-x?"),
            ("resolution: 0wd", '"0wd" is not a target. Write hours such as 8h, or working days'),
            ("resolution: 9999999999d", '"9999999999d" is not a target.'),
            ("resolution: 999999999h", '"999999999h" is too long: at most 8760h.'),
        ],
    )
    def test_targets_too(self, target: str, sentence: str) -> None:
        assert sentence in complaint(changed("warn_before: 15m", target))

    @pytest.mark.parametrize("target", ["escalate_after: 1d", "per_priority: {urgent: {first_reply: 1d12h}}"])
    def test_targets_in_days_are_refused_with_hours(self, target: str) -> None:
        text = changed("    hold: 15s", '    hours: [{mon-fri: "09:00-17:00"}]').replace(
            "warn_before: 15m", target
        )

        assert "has days. Write the hours, such as 8h." in complaint(text)

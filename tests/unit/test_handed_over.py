"""What is handed over beside the program: locks, a unit, a container, pages whose links lead somewhere."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(name: str) -> dict[str, str]:
    """Version by package."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_a_hash_for_each_package_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text)

    assert [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "index" not in text


def test_what_is_run_is_what_was_tested() -> None:
    running, testing = map(pins, LOCKS)

    assert running.items() <= testing.items()
    assert "pytest" not in running


def test_the_unit_runs_as_a_user_of_its_own_that_writes_in_its_own_folder_alone() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names of systemd are not in small letters
    unit.read(ROOT / "deploy" / "webcare.service", encoding="utf-8")
    service = unit["Service"]

    assert (service["User"], service["StateDirectory"], service["WorkingDirectory"]) == (
        "webcare",
        "webcare",
        "/var/lib/webcare",
    )
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["ExecStart"] == "/srv/webcare/.venv/bin/webcare run --config /etc/webcare.yaml"


def test_the_container_copies_every_package_of_the_program_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert "    PYTHONSAFEPATH=1 \\" in lines  # what lies in the folder of the database is not run
    assert packages <= {line.split()[1] for line in lines if line.startswith("COPY")}
    assert {f"!{name}" for name in packages} <= set(ignored)
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]


def test_the_composed_service_keeps_its_database_in_a_volume() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["webcare"]

    assert "data:/var/lib/webcare" in service["volumes"]
    assert service["read_only"] is True


def anchors(page: Path) -> set[str]:
    """Where a link into a page may lead, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    astray = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            astray.append(link)

    assert astray == []


def test_the_dutch_page_has_the_commands_and_settings_of_the_english_one() -> None:
    def blocks(name: str) -> list[str]:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        return [re.sub("ADD?RES\\S*", "…", block) for block in re.findall(r"```.*?```", text, re.DOTALL)]

    def names(name: str) -> set[str]:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        return set(re.findall(r"`([a-z_]+(?::[a-z]+)?)`", text))

    assert blocks("connect.nl.md") == blocks("connect.md")
    assert names("connect.nl.md") == names("connect.md")

"""The rules that a machine can check: who imports whom, how big a room may be, what no file holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAM = ("bot", "connectors", "storage")
#: These decide. They know the standard library and each other, and no vendor's package.
MIDDLE = ("bot/cases", "bot/work", "bot/guide", "bot/ticks")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MOST_PARAMETERS = 6

#: Not part of the project although they are in its folder.
_ELSEWHERE = {".git", ".venv", ".demo", ".hypothesis", "build", "node_modules", "__pycache__"}
_SILENCER = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:)")
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
_REGISTRY = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.(?:org|com)")))
#: Say instead: again or redraw; the agent, the caller, the process; works; lately; so.
_STUMBLE = re.compile(
    r"(?<![\w.\"-])(anew(?=[ ;:.]|$)|whoever|hereby|thereby|whereof|lest|is well|of late)(?!\w)",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\b")


def modules(*rooms: str) -> Iterator[Path]:
    """Every Python file below these folders of the project."""
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


def files() -> Iterator[tuple[Path, str]]:
    """Every text file of the project, with its text."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        hidden = any(part in _ELSEWHERE or part.endswith("_cache") for part in inside.parts)
        if hidden or not path.is_file():
            continue
        try:
            yield inside, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(module: ast.Module) -> set[str]:
    """The top-level packages that a module imports."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def at(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT) if path.is_absolute() else path}:{line}"


def test_imports_go_the_ways_that_are_drawn() -> None:
    # In a process of its own: import-linter sets up logging for all that runs in the same one.
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    linted = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True)

    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_core_knows_nothing_but_the_standard_library_and_itself() -> None:
    strangers = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("bot/cases")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in [node.module]
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("bot.cases")
    }

    assert not strangers


def test_what_decides_knows_no_vendor() -> None:
    known = sys.stdlib_module_names | {"bot"}
    strangers = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(*MIDDLE)
        for name in imported(tree(path)) - known
    }

    assert not strangers


def test_pieces_of_work_do_not_wait() -> None:
    waiting = [
        at(path, node.lineno)
        for path in modules("bot/cases", "bot/work", "bot/guide", "storage")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Await) and path.name not in ("store.py", "writer.py", "pool.py")
    ]

    assert not waiting


def test_a_status_is_compared_in_the_table_of_moves_only() -> None:
    comparisons = [
        at(path, node.lineno)
        for path in modules("bot/cases", "bot/work", "bot/guide", "bot/ticks", "storage")
        if path != ROOT / "bot/cases/model.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name) and side.value.id == "Status"
    ]

    assert not comparisons


def test_the_time_comes_in_by_the_door() -> None:
    clocks = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
    looks = [
        at(path, node.lineno)
        for path in modules("bot/cases", "bot/work", "bot/guide", "bot/texts", "bot/slack", "storage")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in clocks
    ]

    assert not looks


def test_every_text_is_measured_within_a_bound() -> None:
    unbounded = [
        at(path, node.lineno)
        for path in modules("bot")
        if path != ROOT / "bot/guide/checks.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "measure"
    ]

    assert not unbounded


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(*PROGRAM, "tests")
        if not (ast.get_docstring(tree(path)) or "").strip()
    ]

    assert not silent


def test_no_file_is_longer_than_a_room_may_be() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in modules(*PROGRAM, "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]

    assert not long


def test_no_function_is_longer_than_a_thought() -> None:
    long = [
        f"{at(path, node.lineno)} {node.name}: {lines} lines"
        for path in modules(*PROGRAM)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert not long


def test_no_piece_of_work_takes_more_than_a_person_can_keep_in_mind() -> None:
    many = [
        f"{at(path, node.lineno)} {node.name}: {len(parameters)} parameters"
        for path in modules("bot/work")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        and len(parameters := [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs])
        > MOST_PARAMETERS
    ]

    assert not many


def test_a_silenced_check_gives_its_reason_on_the_line() -> None:
    unexplained = [
        at(path, number)
        for path in modules(*PROGRAM, "tests")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (silencer := _SILENCER.search(line)) and line.count("#", silencer.start()) < 2
        if path != Path(__file__)
    ]

    assert not unexplained


def test_no_text_makes_its_reader_stumble() -> None:
    """Words of another century, and clauses without a subject. What agents read has readers of its own."""
    found = [
        f"{at(path, number)}: {match[0]}"
        for path, text in files()
        if path.suffix in (".py", ".md") and path != Path(__file__) and "tests" not in path.parts
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _STUMBLE.search(line)) and path.name != "CHANGELOG.md"
    ]

    assert not found


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (_MACHINE_PATH, "a path of somebody's machine"),
        (_REGISTRY, "the address of a package registry"),
        (_UNFINISHED, "a note that something is unfinished"),
    ],
    ids=["machine path", "registry", "unfinished"],
)
def test_no_file_holds(pattern: re.Pattern[str], what: str) -> None:
    held = [
        f"{at(path, number)} holds {what}"
        for path, text in files()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]

    assert not held

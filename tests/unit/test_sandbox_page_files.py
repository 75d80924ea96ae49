"""The files of the sandbox's page: nothing from outside, no markup from text, all words in both languages."""

from __future__ import annotations

import re

from bot.sandbox.site import PAGE


def test_no_file_of_the_page_names_a_foreign_address() -> None:
    named = {
        address
        for path in PAGE.iterdir()
        if path.suffix in {".html", ".css", ".js", ".svg"}
        for address in re.findall(r"https?://[\w.-]+", path.read_text("utf-8"))
    }

    assert named <= {"http://www.w3.org"}  # the name of SVG, which is not loaded


def test_no_module_of_the_page_builds_markup_from_text() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")

    assert not [path.name for path in PAGE.glob("*.js") if forbidden.search(path.read_text("utf-8"))]


def _words(language: str) -> dict[str, str]:
    text = (PAGE / f"texts.{language}.js").read_text("utf-8")
    return dict(re.findall(r'^  (\w+): "(.*)",$', text, re.MULTILINE))


def test_dutch_and_english_have_the_same_texts_with_the_same_blanks() -> None:
    dutch, english = _words("nl"), _words("en")

    assert dutch.keys() == english.keys()
    assert not [
        key
        for key in dutch
        if sorted(re.findall(r"{\w+}", dutch[key])) != sorted(re.findall(r"{\w+}", english[key]))
    ]


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    sources = [path.read_text("utf-8") for path in PAGE.iterdir() if path.suffix in {".js", ".html"}]
    frame = re.findall(r'data-(?:text|label|title|placeholder)="(\w+)"', "".join(sources))
    code = [text for text in sources if "export const" not in text or "english" not in text]
    named = {word for text in code for word in re.findall(r'["`](\w+)["`]', text)}
    known = set(_words("en"))
    begun = tuple({word for text in code for word in re.findall(r"`(\w+_)\$\{", text)})
    made = {word for word in known if word.startswith(begun)}
    made |= {f"{key}_{form}" for key in ("characters", "replies", "news") for form in ("one", "other")}
    made |= {"customer_new", "agent_new", "dispatch_failed", "operation_timeout"}

    assert set(frame) <= known
    assert known <= set(frame) | named | made

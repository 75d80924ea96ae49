"""A mention whose author the network did not name."""

from __future__ import annotations

from bot.cases.posts import PostId, somebody
from bot.work import context
from tests.contract.samples import BRAND, a_post
from tests.unit.office import Office
from tests.unit.office import office as office
from tests.unit.test_work_intake import OTHER, arrive


def test_a_mention_that_nobody_is_named_for_is_a_case_of_its_own(office: Office) -> None:
    arrive(office, *(a_post(number, author_id=somebody(PostId(number))) for number in ("7", "8")))
    found = [office.record.posts.case_of(BRAND, PostId(number)) for number in ("7", "8")]

    assert None not in found
    assert found[0] != found[1]


def test_who_wrote_a_mention_is_told_later(office: Office) -> None:
    arrive(office, a_post("7", author_id=somebody(PostId("7"))))
    found = office.record.posts.case_of(BRAND, PostId("7"))
    assert found is not None
    arrive(office, a_post("7", author_id=OTHER))

    case, post = office.record.cases.get(found), office.record.posts.get(BRAND, PostId("7"))
    assert case is not None
    assert post is not None
    assert (case.author_id, post.author_id) == (OTHER, OTHER)


def test_nobody_is_not_asked_for(office: Office) -> None:
    post = a_post("7", author_id=somebody(PostId("7")))

    assert context.wanted(office.tx(), BRAND, [post]).authors == []

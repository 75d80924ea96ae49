"""The posts in the record, and what came in the place of some."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update

from bot.cases.errors import Stale
from bot.cases.model import CaseId
from bot.cases.posts import (
    Absence,
    AccountId,
    AuthorId,
    Post,
    PostId,
    Surface,
    Unread,
)
from storage.rows import Rows, columns_of
from storage.schema import cases, conversations, posts, unread
from storage.schema_watch import is_of_answer, timers
from storage.shape import Shape
from storage.statements import Statement, those_with
from storage.types import word

_KNOWN = (posts.c.account == bindparam("the_account"), posts.c.id == bindparam("the_id"))
_BY_ID = Statement(select(posts).where(*_KNOWN))
_BY_NUMBER = Statement(select(posts).where(posts.c.number == bindparam("number")))
_THOSE_KNOWN = Statement(those_with(posts, posts.c.id, posts.c.account == bindparam("account")))
_CASE_OF = Statement(select(posts.c.case_id).where(*_KNOWN))
_OF_CASE = Statement(
    select(posts)
    .where(posts.c.case_id == bindparam("case_id"), posts.c.case_id.is_not(None))
    .order_by(posts.c.number)
)
_ADD = Statement(
    lambda into: into(posts).on_conflict_do_nothing(), columns_of(posts, "number"), number=posts.c.number
)
#: Edits and deletions may come late, and in two transactions at once: the newer version wins, and what is
#: deleted stays so.
_SAVE = Statement(
    update(posts).where(
        *_KNOWN,
        posts.c.version <= bindparam("no_newer_than"),
        or_(
            posts.c.absence.is_(None),
            posts.c.absence != word(Absence.DELETED),
            posts.c.absence == bindparam("becomes"),
        ),
    ),
    ["text", "media", "version", "url", "lang", "quoted", "quotes_id", "quotes", "absence"],
)
_WAITING = Statement(
    select(posts)
    .join(cases, posts.c.case_id == cases.c.id)
    .join(timers, timers.c.case_id == cases.c.id)
    .where(
        is_of_answer,
        cases.c.account == bindparam("account"),
        posts.c.case_id.is_not(None),
        posts.c.number > bindparam("after"),
        posts.c.by_brand == bindparam("by_brand"),
        posts.c.surface == word(Surface.PUBLIC),
        or_(posts.c.absence.is_(None), posts.c.absence != word(Absence.DELETED)),
    )
    .order_by(posts.c.number)
    .limit(bindparam("most"))
)
#: What shows a post came in after it: few posts are younger than one that is deleted.
_QUOTING = Statement(
    select(posts).where(
        posts.c.number > bindparam("after"),
        posts.c.account == bindparam("account"),
        or_(posts.c.parent_id == bindparam("shown"), posts.c.quotes_id == bindparam("shown")),
    )
)
_NAME_POST = Statement(update(posts).where(*_KNOWN), ["author_id"])
_NAME_CONVERSATION = Statement(
    update(conversations).where(
        conversations.c.account == bindparam("the_account"), conversations.c.author_id == bindparam("nobody")
    ),
    ["author_id"],
)
_NAME_CASE = Statement(
    update(cases).where(
        cases.c.account == bindparam("the_account"), cases.c.author_id == bindparam("nobody")
    ),
    ["author_id"],
)
_KEEP_UNREAD = Statement(
    lambda into: into(unread).on_conflict_do_nothing(), columns_of(unread, "number"), number=unread.c.number
)
_FORGET_UNREAD = Statement(delete(unread).where(unread.c.number <= bindparam("last")))
#: So many of what could not be read are kept, at some kilobytes each.
_UNREAD_KEPT = 500


_POSTS = Shape(Post, posts)
_UNREAD = Shape(Unread, unread)


class PostRows(Rows):
    """Implements `bot.cases.record.Posts`."""

    def get(self, account: AccountId, post_id: PostId) -> Post | None:
        return self._sql.found(_POSTS, _BY_ID, the_account=account, the_id=post_id)

    def numbered(self, number: int) -> Post | None:
        return self._sql.found(_POSTS, _BY_NUMBER, number=number)

    def case_of(self, account: AccountId, post_id: PostId) -> CaseId | None:
        case_id: CaseId | None = self._sql.value(_CASE_OF, the_account=account, the_id=post_id)
        return case_id

    def known(self, account: AccountId, ids: Collection[PostId]) -> Set[PostId]:
        return {row.value for row in self._sql.all(_THOSE_KNOWN, account=account, texts=[*ids])}

    def add(self, post: Post, case_id: CaseId | None, now: datetime) -> Post | None:
        number = self._sql.add(_ADD, _POSTS.row(post) | {"case_id": case_id, "stored_at": now})
        return None if number is None else _POSTS.evolved(post, "number", number)

    def save(self, post: Post) -> None:
        this = {"the_account": post.account, "the_id": post.id}
        believed = {"no_newer_than": post.version, "becomes": post.absence}
        if not self._sql.change(_SAVE, **_POSTS.row(post), **this, **believed):
            raise Stale(f"post {post.id} of {post.account} is deleted, or newer than version {post.version}")

    def name_author(self, post: Post, author_id: AuthorId) -> None:
        self._sql.change(_NAME_POST, author_id=author_id, the_account=post.account, the_id=post.id)
        self._sql.change(
            _NAME_CONVERSATION, author_id=author_id, the_account=post.account, nobody=post.author_id
        )
        self._sql.change(_NAME_CASE, author_id=author_id, the_account=post.account, nobody=post.author_id)

    def keep_unread(self, account: AccountId, unread: Unread, now: datetime) -> bool:
        number = self._sql.add(_KEEP_UNREAD, _UNREAD.row(unread) | {"account": account, "at": now})
        if number is None:
            return False
        self._sql.change(_FORGET_UNREAD, last=number - _UNREAD_KEPT)
        return True

    def waiting(self, account: AccountId, after: int, limit: int) -> Sequence[Post]:
        return self._sql.each(_POSTS, _WAITING, account=account, after=after, by_brand=False, most=limit)

    def quoting(self, account: AccountId, post_id: PostId, after: int) -> Sequence[Post]:
        return self._sql.each(_POSTS, _QUOTING, account=account, shown=post_id, after=after)

    def of_case(self, case_id: CaseId) -> Sequence[Post]:
        return self._sql.each(_POSTS, _OF_CASE, case_id=case_id)

"""The posts and their authors in the record."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update

from bot.cases.model import CaseId
from bot.cases.posts import (
    Absence,
    AccountId,
    Author,
    AuthorId,
    Post,
    PostId,
    Standing,
    Surface,
    Unread,
)
from storage.partial import word
from storage.rows import Rows, columns_of
from storage.schema import authors, cases, is_nameless, is_waiting, posts, unread
from storage.shape import Shape
from storage.statements import Statement, or_overwrite, those_with

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
_SAVE = Statement(
    update(posts).where(*_KNOWN),
    ["text", "media", "version", "url", "lang", "quoted", "quotes_id", "quotes", "absence"],
)
_WAITING = Statement(
    select(posts)
    .join(cases, posts.c.case_id == cases.c.id)
    .where(
        is_waiting,
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
_this_author = (authors.c.network == bindparam("network"), authors.c.id == bindparam("id"))
_AUTHOR = Statement(select(authors).where(*_this_author))
_LOOKED_UP = Statement(
    select(authors.c.id).where(
        *_this_author,
        authors.c.looked_up_at >= bindparam("since"),
        authors.c.standing == word(Standing.KNOWN),
    )
)
_NAMELESS = Statement(
    select(authors.c.id)
    .where(is_nameless, authors.c.network == bindparam("network"))
    .order_by(authors.c.looked_up_at, authors.c.id)
    .limit(bindparam("most"))
)
_SAVE_AUTHOR = Statement(lambda into: or_overwrite(into(authors)), columns_of(authors))


_POSTS = Shape(Post, posts)
_AUTHORS = Shape(Author, authors)
_UNREAD = Shape(Unread, unread)


class PostRows(Rows):
    """Posts and authors; the contract is that of `bot.cases.record.Record`."""

    def post(self, account: AccountId, post_id: PostId) -> Post | None:
        return self._found(_POSTS, _BY_ID, the_account=account, the_id=post_id)

    def post_number(self, number: int) -> Post | None:
        return self._found(_POSTS, _BY_NUMBER, number=number)

    def case_of_post(self, account: AccountId, post_id: PostId) -> CaseId | None:
        case_id: CaseId | None = self._value(_CASE_OF, the_account=account, the_id=post_id)
        return case_id

    def known_posts(self, account: AccountId, ids: Collection[PostId]) -> Set[PostId]:
        return {row.value for row in self._all(_THOSE_KNOWN, account=account, texts=[*ids])}

    def add_post(self, post: Post, case_id: CaseId | None, now: datetime) -> Post | None:
        number = self._add(_ADD, _POSTS.row(post) | {"case_id": case_id, "stored_at": now})
        return None if number is None else _POSTS.renewed(post, "number", number)

    def save_post(self, post: Post) -> None:
        self._change(_SAVE, **_POSTS.row(post), the_account=post.account, the_id=post.id)

    def name_author(self, post: Post, author_id: AuthorId) -> None:
        self._change(_NAME_POST, author_id=author_id, the_account=post.account, the_id=post.id)
        self._change(_NAME_CASE, author_id=author_id, the_account=post.account, nobody=post.author_id)

    def keep_unread(self, account: AccountId, unread: Unread, now: datetime) -> bool:
        number = self._add(_KEEP_UNREAD, _UNREAD.row(unread) | {"account": account, "at": now})
        if number is None:
            return False
        self._change(_FORGET_UNREAD, last=number - _UNREAD_KEPT)
        return True

    def waiting_posts(self, account: AccountId, after: int, limit: int) -> Sequence[Post]:
        return self._each(_POSTS, _WAITING, account=account, after=after, by_brand=False, most=limit)

    def quoting(self, account: AccountId, post_id: PostId, after: int) -> Sequence[Post]:
        return self._each(_POSTS, _QUOTING, account=account, shown=post_id, after=after)

    def posts_of(self, case_id: CaseId) -> Sequence[Post]:
        return self._each(_POSTS, _OF_CASE, case_id=case_id)

    def author(self, network: str, author_id: AuthorId) -> Author | None:
        return self._found(_AUTHORS, _AUTHOR, network=network, id=author_id)

    def unknown_authors(self, network: str, ids: Sequence[AuthorId], since: datetime) -> Sequence[AuthorId]:
        return [
            author_id
            for author_id in dict.fromkeys(ids)
            if self._value(_LOOKED_UP, network=network, id=author_id, since=since) is None
        ]

    def nameless(self, network: str, limit: int) -> Sequence[AuthorId]:
        return [row.id for row in self._all(_NAMELESS, network=network, most=limit)]

    def save_author(self, author: Author, now: datetime) -> None:
        self._leave(_SAVE_AUTHOR, **_AUTHORS.row(author), looked_up_at=now)

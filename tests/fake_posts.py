"""Posts and authors of the record in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import replace
from datetime import datetime

from bot.cases.model import CaseId
from bot.cases.posts import Absence, AccountId, Author, AuthorId, Post, PostId, Standing, Surface, Unread
from tests.fake_tables import Tables, first, kept


class FakePosts:
    """Posts and authors; the contract is that of `bot.cases.record.Record`."""

    tables: Tables

    def post(self, account: AccountId, post_id: PostId) -> Post | None:
        posts = self.tables.posts.values()
        return first(posts, lambda post: (post.account, post.id) == (account, post_id))

    def post_number(self, number: int) -> Post | None:
        return self.tables.posts.get(number)

    def case_of_post(self, account: AccountId, post_id: PostId) -> CaseId | None:
        post = self.post(account, post_id)
        return None if post is None else self.tables.belongs[post.number]

    def known_posts(self, account: AccountId, ids: Collection[PostId]) -> Set[PostId]:
        return {post.id for post in self.tables.posts.values() if post.account == account} & {*ids}

    def add_post(self, post: Post, case_id: CaseId | None, now: datetime) -> Post | None:
        if self.post(post.account, post.id) is not None:
            return None
        self.tables.refuse_strangers(case_id)
        added = replace(post, number=len(self.tables.posts) + 1)
        self.tables.posts[added.number] = kept(added)
        self.tables.belongs[added.number] = case_id
        return added

    def save_post(self, post: Post) -> None:
        known = self.post(post.account, post.id)
        if known is not None:
            changing = ("text", "media", "version", "url", "lang", "quoted", "quotes_id", "quotes", "absence")
            changed = {name: getattr(post, name) for name in changing}
            self.tables.posts[known.number] = kept(replace(known, **changed))

    def waiting_posts(self, account: AccountId, after: int, limit: int) -> Sequence[Post]:
        waiting = {case.id for case in self.tables.cases.values() if case.waiting_since is not None}
        return [
            post
            for post in self.tables.posts.values()
            if self.tables.belongs[post.number] in waiting
            and post.account == account
            and post.number > after
            and not post.by_brand
            and post.surface is Surface.PUBLIC
            and post.absence is not Absence.DELETED
        ][:limit]

    def quoting(self, account: AccountId, post_id: PostId, after: int) -> Sequence[Post]:
        return [
            post
            for post in self.tables.posts.values()
            if post.number > after and post.account == account and post_id in (post.parent_id, post.quotes_id)
        ]

    def name_author(self, post: Post, author_id: AuthorId) -> None:
        known = self.post(post.account, post.id)
        if known is not None:
            self.tables.posts[known.number] = replace(known, author_id=author_id)
        for case in list(self.tables.cases.values()):
            if (case.account, case.author_id) == (post.account, post.author_id):
                self.tables.cases[case.id] = replace(case, author_id=author_id)

    def keep_unread(self, account: AccountId, unread: Unread, now: datetime) -> bool:
        if (account, unread.key) in self.tables.unread:
            return False
        self.tables.unread[account, unread.key] = kept(unread)
        return True

    def posts_of(self, case_id: CaseId) -> Sequence[Post]:
        posts = self.tables.posts.values()
        return [post for post in posts if self.tables.belongs[post.number] == case_id]

    def author(self, network: str, author_id: AuthorId) -> Author | None:
        found = self.tables.authors.get((network, author_id))
        return found[0] if found is not None else None

    def unknown_authors(self, network: str, ids: Sequence[AuthorId], since: datetime) -> Sequence[AuthorId]:
        looked_up = {
            key
            for key, (author, at) in self.tables.authors.items()
            if at >= since and author.standing is Standing.KNOWN
        }
        return [author_id for author_id in dict.fromkeys(ids) if (network, author_id) not in looked_up]

    def nameless(self, network: str, limit: int) -> Sequence[AuthorId]:
        unknown = sorted(
            (at, author.id)
            for author, at in self.tables.authors.values()
            if author.network == network and author.standing is Standing.UNKNOWN
        )
        return [author_id for _, author_id in unknown[:limit]]

    def save_author(self, author: Author, now: datetime) -> None:
        self.tables.authors[(author.network, author.id)] = (kept(author), now)

"""Files: uploaded in two steps, shared a moment later, and downloaded with a token only."""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from typing import Any

from aiohttp import web

from bot.sandbox.slack.activity import Activity, Draft
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Channel, Json, User
from bot.sandbox.slack.workspace import Workspace

#: The most that one file may hold here; Slack takes 1 GB.
MOST_BYTES = 20 * 1024 * 1024


class Files:
    """The workspace's files. Sharing happens `delay` seconds after it was asked for, as it does in Slack."""

    def __init__(self, workspace: Workspace, activity: Activity) -> None:
        self._workspace = workspace
        self._activity = activity
        self._uploads: dict[str, tuple[Json, int]] = {}
        self.delay = 0.05

    def expect(self, owner: User, name: str, length: int, base: str) -> Json:
        """Promise a file: its id and the address that takes its bytes."""
        file_id = self._workspace.new_id("F", len(self._workspace.files) + len(self._uploads))
        url = f"{base}/files-pri/{self._workspace.team_id}-{file_id}"
        file = {
            "id": file_id,
            "created": self._workspace.now(),
            "timestamp": self._workspace.now(),
            "name": name,
            "title": name,
            "mimetype": "",
            "filetype": "",
            "user": owner.id,
            "size": length,
            "mode": "hosted",
            "is_external": False,
            "is_public": False,
            "url_private": f"{url}/{name}",
            "url_private_download": f"{url}/download/{name}",
            "permalink": f"{base}/files/{owner.id}/{file_id}/{name}",
            "channels": [],
            "groups": [],
            "ims": [],
            "shares": {},
        }
        key = secrets.token_urlsafe(24)
        self._uploads[key] = (file, length)
        return {"upload_url": f"{base}/upload/{key}", "file_id": file_id}

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes, raw or as the one file of a form."""
        key = request.match_info["key"]
        if key not in self._uploads:
            return web.Response(status=404, text="upload not found")
        file, length = self._uploads[key]
        if request.content_type.startswith("multipart/"):
            form: list[Any] = [
                part for part in (await request.post()).values() if isinstance(part, web.FileField)
            ]
            content = form[0].file.read() if form else b""
        else:
            content = await request.read()
        if len(content) != length:
            return web.Response(status=400, text=f"expected {length} bytes, got {len(content)}")
        del self._uploads[key]
        self._workspace.save_file(file, content)
        return web.Response(text=f"OK - {length}")

    def complete(self, owner: User, file_id: str, title: str) -> Json:
        """Make an uploaded file known; only who began the upload may end it."""
        file = self._workspace.files.get(file_id)
        if file is None or file["user"] != owner.id:
            raise SlackError("file_not_found")
        if title:
            file = {**file, "title": title}
            self._workspace.save_file(file)
        return file

    def share(self, owner: User, channel: Channel | None, draft: Draft, file_ids: list[str]) -> None:
        """Finish processing the files and, with a channel, post them there: both a moment later."""

        def finish() -> None:
            files = [self._processed(file_id, channel) for file_id in file_ids]
            if channel is None:
                return
            message = self._activity.post(
                owner, channel, Draft(draft.text, thread_ts=draft.thread_ts, files=files)
            )
            for file in files:
                kind = "public" if channel.kind == "channel" else "private"
                shared = {"ts": message.ts, **({"thread_ts": draft.thread_ts} if draft.thread_ts else {})}
                self._workspace.save_file({**file, "shares": {kind: {channel.id: [shared]}}})

        asyncio.get_running_loop().call_later(self.delay, finish)

    async def download(self, request: web.Request) -> web.Response:
        """Give the bytes to a token that may have them; anybody else gets Slack's login page."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        caller = self._workspace.by_token(token) if scheme == "Bearer" else None
        file_id = request.match_info["file"].partition("-")[2]
        content = self._workspace.contents.get(file_id)
        if content is None:
            return web.Response(status=404, text="file not found")
        if caller is None or "files:read" not in caller.scopes:
            return web.Response(text="<!DOCTYPE html><title>Slack</title>Sign in", content_type="text/html")
        kind = self._workspace.files[file_id]["mimetype"] or "application/octet-stream"
        return web.Response(body=content, content_type=kind)

    def _processed(self, file_id: str, channel: Channel | None) -> Json:
        file = self._workspace.files[file_id]
        mimetype = mimetypes.guess_type(file["name"])[0] or "application/octet-stream"
        file = {**file, "mimetype": mimetype, "filetype": file["name"].rpartition(".")[2].lower()}
        if channel is not None:
            file["is_public"] = channel.kind == "channel"
            file[{"channel": "channels", "group": "groups", "im": "ims"}[channel.kind]] = [channel.id]
        self._workspace.save_file(file)
        return file

"""The Bot API over HTTP: `/bot<token>/<method>` and the files below `/file/bot<token>/`.

Reads parameters from query, form, multipart or JSON as Telegram does, checks them against the
table and calls the method. Never logs the token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

# the two modules register their methods
from bot.preview import own_methods, sending  # noqa: F401
from bot.preview.calls import METHODS, Call, Upload
from bot.preview.media import MAX_DOWNLOAD_BYTES, id_in_path
from bot.preview.refusals import Refusal, bad_request, not_implemented, unauthorized
from bot.preview.table import Table
from bot.preview.world import World

_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{3,100}")
_FIELD_BYTES = 8 * 1024 * 1024


def answer(content: Any, status: int = 200) -> Response:
    """JSON in ASCII, so that no text a user can write breaks it."""
    return Response(json.dumps(content), status, media_type="application/json")


class BotSide:
    """Serves the bot's requests for one token."""

    def __init__(self, world: World, table: Table, token: str) -> None:
        self._world = world
        self._table = table
        self._token = token
        self._log = structlog.get_logger()

    async def call(self, request: Request) -> Response:
        """One method call; refusals become Telegram's error answers."""
        try:
            self._authorize(request)
            method = self._table.find(request.path_params["method"])
            raw, files = await _parameters(request)
            unknown = self._table.unknown(method, raw)
            if unknown:
                self._log.info("preview_parameters_ignored", method=method, names=unknown)
            if method not in METHODS:
                self._log.warning("preview_method_missing", method=method)
                raise not_implemented(method)
            call = Call(
                method=method,
                values=self._table.check(method, raw, files),
                files=files,
                table=self._table,
            )
            result = await METHODS[method](self._world, call)
        except Refusal as refusal:
            return answer(refusal.as_json(), refusal.code)
        return answer({"ok": True, "result": result})

    async def download(self, request: Request) -> Response:
        """A file that getFile named."""
        try:
            self._authorize(request)
        except Refusal as refusal:
            return answer(refusal.as_json(), refusal.code)
        stored = self._world.store.file(id_in_path(request.path_params["path"]))
        if stored is None or len(stored.content) > MAX_DOWNLOAD_BYTES:
            return answer(Refusal(404, "Not Found").as_json(), 404)
        return Response(stored.content, media_type="application/octet-stream")

    def _authorize(self, request: Request) -> None:
        token = request.path_params["token"]
        if not _TOKEN.fullmatch(token):
            raise Refusal(404, "Not Found")
        if token != self._token:
            raise unauthorized()


async def _parameters(request: Request) -> tuple[dict[str, object], dict[str, Upload]]:
    raw: dict[str, object] = dict(request.query_params)
    files: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind == "application/json":
        raw |= _json_object(await request.body())
    elif kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        async with request.form(max_part_size=_FIELD_BYTES) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = Upload(
                        name=value.filename or "file",
                        mime=value.content_type,
                        content=await value.read(),
                    )
                else:
                    raw[name] = value
    return raw, files


def _json_object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise bad_request("can't parse request body as JSON") from None
    if not isinstance(found, dict):
        raise bad_request("can't parse request body: expected an Object")
    return found

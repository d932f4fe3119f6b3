"""Puts the preview together: the app with both sides and the page, and the server around it.

`create_app` wires; `PreviewServer` runs it on a loopback port inside the caller's event loop,
takes over no signals and stops within a second, open polls included.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Generator
from importlib import resources
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.preview import table, users
from bot.preview.api_routes import PeopleSide, refused
from bot.preview.bot_routes import BotSide, answer
from bot.preview.clock import Clock, Edition
from bot.preview.guard import Guard
from bot.preview.people import Json, Person
from bot.preview.refusals import Refusal
from bot.preview.store import Store
from bot.preview.users import Refused
from bot.preview.world import BotProfile, World

_PAGE = {
    "page.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "popups.js": "text/javascript",
    "render.js": "text/javascript",
    "talk.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
# what a new preview holds: the operator's own chat, and a group with one admin and one reader
READER_ID = 1_000_001
GROUP_ID = -1_001_000_000_001
_FIRST_CHATS: tuple[Json, ...] = (
    {
        "id": READER_ID,
        "type": "private",
        "members": [{"id": READER_ID, "first_name": "You", "username": "you"}],
    },
    {
        "id": GROUP_ID,
        "type": "supergroup",
        "title": "Demo group",
        "members": [
            {"id": READER_ID, "first_name": "You", "username": "you"},
            {"id": READER_ID + 1, "first_name": "Robin", "username": "robin_reads"},
        ],
        "admins": [READER_ID],
    },
)


def new_token() -> str:
    """A token of the form that Telegram gives out; it opens nothing but this preview."""
    return f"{1_000_000_000 + secrets.randbelow(9_000_000_000)}:{secrets.token_urlsafe(26)}"


def create_app(
    *,
    database: Path,
    token: str,
    clock: Clock,
    edition: Edition,
    profile: BotProfile | None = None,
    first_chats: tuple[Json, ...] = _FIRST_CHATS,
    keep: int = 2000,
) -> Starlette:
    """The preview as an ASGI app; its state is in one SQLite file that outlives it.

    `token` is what the bot shows; `first_chats` are made when the file holds none; `keep` is how
    many messages of a chat stay. `app.state.world` is the live `World`.
    """
    profile = profile or BotProfile()
    store = Store(database, keep=keep)
    bot = Person(
        id=_bot_id(store, token),
        first_name=profile.first_name,
        username=profile.username,
        language_code=None,
        is_bot=True,
    )
    world = World(store=store, clock=clock, bot=bot, profile=profile)
    if not world.chats():
        for wanted in first_chats:
            users.create_chat(world, wanted)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        world.bell.close()
        store.close()

    app = Starlette(
        routes=_routes(BotSide(world, table.load(), token), PeopleSide(world, edition)),
        middleware=[Middleware(Guard)],
        exception_handlers={
            Refused: refused,
            Refusal: refused,
            HTTPException: _http_error,
            Exception: _server_error,
        },
        lifespan=lifespan,
    )
    app.state.world = world
    return app


def _bot_id(store: Store, token: str) -> int:
    """The bot's user id stays the same over restarts, though tokens change."""
    known = store.setting("bot_id")
    if known is None:
        known = int(token.partition(":")[0])
        store.set("bot_id", known)
    return int(known)


def _routes(bot: BotSide, people: PeopleSide) -> list[Route]:
    chat = "/api/chats/{chat_id}"
    return [
        Route("/bot{token}/{method}", bot.call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", bot.download, methods=["GET"]),
        Route("/", _page, methods=["GET"]),
        Route("/static/{name}", _page, methods=["GET"]),
        Route("/api/info", people.info, methods=["GET"]),
        Route("/api/chats", people.chats, methods=["GET"]),
        Route("/api/chats", people.create_chat, methods=["POST"]),
        Route(f"{chat}/messages", people.messages, methods=["GET"]),
        Route(f"{chat}/messages", people.say, methods=["POST"]),
        Route(f"{chat}/files", people.upload, methods=["POST"]),
        Route(f"{chat}/press", people.press, methods=["POST"]),
        Route(f"{chat}/block", people.block, methods=["POST"]),
        Route(f"{chat}/bot", people.standing, methods=["POST"]),
        Route("/api/clock", people.show_clock, methods=["GET"]),
        Route("/api/clock", people.move_clock, methods=["POST"]),
        Route("/api/files/{file_id}", people.file, methods=["GET"]),
        Route("/api/events", people.events, methods=["GET"]),
    ]


async def _page(request: Request) -> Response:
    name = request.path_params.get("name", "page.html")
    if name not in _PAGE:
        raise HTTPException(404)
    content = resources.files("bot.preview").joinpath(name).read_bytes()
    return Response(content, media_type=_PAGE[name], headers={"cache-control": "no-cache"})


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "Internal Server Error"
    body = {"ok": False, "error_code": status, "description": detail, "error": detail}
    return answer(body, status)


async def _server_error(request: Request, error: Exception) -> Response:
    return await _http_error(request, error)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: Ctrl-C belongs to the program."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class PreviewServer:
    """Runs an app of `create_app` on a loopback port; port 0 takes a free one."""

    def __init__(self, app: Starlette, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._app = app
        self._host = host
        self._port = port
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._port}/"

    @property
    def base_url(self) -> str:
        """For `ApplicationBuilder().base_url`."""
        return f"{self.url}bot"

    @property
    def base_file_url(self) -> str:
        """For `ApplicationBuilder().base_file_url`."""
        return f"{self.url}file/bot"

    async def start(self) -> None:
        """Begin to serve. Raises: `OSError` when the port is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # the protocol is named because asyncio turns off Nagle's delay only where it is
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self._host, self._port))
        except OSError:
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not self._server.started:
            ready.cancel()
            await self._task
            raise RuntimeError("the preview's server ended before it began to serve")
        structlog.get_logger().info("preview_started", url=self.url)

    async def stop(self) -> None:
        """End all open polls and streams, then the server; again does nothing."""
        if self._server is None or self._task is None:
            return
        self._app.state.world.bell.close()
        self._server.should_exit = True
        await asyncio.gather(self._task, return_exceptions=True)
        self._server = self._task = None

"""The long-running process: chat, clock and collecting in one event loop, ended by one signal.

`run` is everything; `bot` is the chat and the briefs; `worker` collects and groups.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
import telegram
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from rich.console import Console
from telegram.ext import Application

from bot.ahead import WritingAhead
from bot.app import App
from bot.clock import EditionClock
from bot.health import create_health_app
from bot.jobs import Amending, Briefing, Collecting, Deliverer, Watching
from bot.preview.clock import Edition as PreviewEdition
from bot.preview.server import PreviewServer, create_app, new_token
from bot.telegram.application import ALLOWED_UPDATES, build_application
from bot.telegram.services import Services
from news.rereading import Rereading

Chat = Application[Any, Any, Any, Any, Any, Any]
TICK = timedelta(seconds=5)
AHEAD_TICK = timedelta(seconds=60)
COLLECT_TICK = timedelta(seconds=60)
REREAD_TICK = timedelta(minutes=2)
WATCH_TICK = timedelta(seconds=30)
CHORES_TICK = timedelta(seconds=20)
KEEPING_TICK = timedelta(hours=1)
"""How often it is looked whether a day has passed since old records were taken away."""
KEEPING_DELAY = timedelta(minutes=10)
ENDING = timedelta(seconds=3)
"""All that is kept is in rows, so what does not end within this time is left behind."""


MOST_CONFLICTS = 5


class CannotStart(Exception):
    """The program cannot run as asked; the message is one line that says what to do."""


async def serve(app: App, console: Console, *, chat: bool = True, collect: bool = True) -> None:
    """Run until SIGINT or SIGTERM. Raises CannotStart."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    trouble: list[str] = []

    def end() -> None:
        app.stopping.set()
        over.set()

    def give_up(line: str) -> None:
        trouble.append(line)
        end()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, end)
    # one process serves this store's chats, so what is leased or half sent was its predecessor's
    if chat:
        app.store.subscriptions.release_leases()
        parked = app.store.briefs.park_interrupted()
        if parked:
            structlog.get_logger().warning("messages parked as unknown", count=parked)
    async with contextlib.AsyncExitStack() as stack:
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        if chat:
            application = await stack.enter_async_context(_chat(app, console, give_up))
            _schedule_chat(app, scheduler, application.bot, loop)
        if collect:
            _schedule_collecting(app, scheduler)
            _schedule_rereading(app, scheduler)
            _schedule_watching(app, scheduler)
        _schedule_chores(app, scheduler)
        await stack.enter_async_context(_health(app))
        scheduler.start()
        preparing = asyncio.create_task(asyncio.to_thread(_prepare, app, console))
        await over.wait()
        console.print("Stopping …")
        scheduler.shutdown(wait=False)
        preparing.cancel()
    if trouble:
        raise CannotStart(trouble[0])


@contextlib.asynccontextmanager
async def _chat(app: App, console: Console, give_up: Callable[[str], None]) -> AsyncIterator[Chat]:
    """Connect to Telegram, or to the preview when there is no token."""
    token = app.settings.token.get_secret_value() if app.settings.token else None
    preview: PreviewServer | None = None
    if token is None:
        preview = await _preview(app)
        token = app.store.note("preview_token")
    application = build_application(
        token,
        _services(app),
        base_url=preview.base_url if preview else None,
        base_file_url=preview.base_file_url if preview else None,
    )
    try:
        await _begin_polling(application, give_up)
        where = preview.url if preview else f"https://t.me/{application.bot.username}"
        console.print(f"\nThe chat is at [bold cyan]{where}[/bold cyan]   (Ctrl-C ends it)")
        yield application
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDING.total_seconds()):
                await _end(application, preview)


def conflict_watch(
    give_up: Callable[[str], None],
) -> Callable[[telegram.error.TelegramError], None]:
    """Log what polling meets, and give up once another program keeps polling with the token.

    One conflict is none: the poll of a predecessor that was killed lives on for some seconds.
    """
    conflicts = 0

    def failed(error: telegram.error.TelegramError) -> None:
        nonlocal conflicts
        structlog.get_logger().warning("polling", error=str(error))
        conflicts = conflicts + 1 if isinstance(error, telegram.error.Conflict) else 0
        if conflicts == MOST_CONFLICTS:
            give_up("another program polls with this token; stop one of the two")

    return failed


async def _begin_polling(application: Chat, give_up: Callable[[str], None]) -> None:
    assert application.updater is not None
    try:
        await application.initialize()
    except telegram.error.InvalidToken as error:
        raise CannotStart("Telegram does not know this token; check TELEGRAM_BOT_TOKEN") from error
    except telegram.error.NetworkError as error:
        raise CannotStart(f"Telegram cannot be reached ({error}); try again later") from error
    if application.post_init:
        await application.post_init(application)
    await application.start()
    await application.updater.start_polling(
        allowed_updates=ALLOWED_UPDATES, error_callback=conflict_watch(give_up)
    )


async def _end(application: Chat, preview: PreviewServer | None) -> None:
    if application.updater is not None and application.updater.running:
        await application.updater.stop()
    if application.running:
        await application.stop()
    await application.shutdown()
    if preview is not None:
        await preview.stop()


async def _preview(app: App) -> PreviewServer:
    if app.store.note("preview_token") is None:
        app.store.set_note("preview_token", new_token())
    edition = PreviewEdition(
        name=app.label or "Live news",
        note=app.edition.note if app.edition else "",
        zone=app.settings.default_zone,
    )
    page = create_app(
        database=app.settings.data / f"preview-{app.settings.chosen_edition}.db",
        token=app.store.note("preview_token"),
        clock=app.clock,
        edition=edition,
    )
    server = PreviewServer(page, port=app.settings.preview_port, host=app.settings.preview_host)
    try:
        await server.start()
    except OSError as error:
        raise CannotStart(
            f"port {app.settings.preview_port} is taken ({error.strerror}); "
            "set GEOBRIEF_PREVIEW_PORT to another, or 0 for any"
        ) from error
    return server


def _services(app: App) -> Services:
    return Services(
        desk=app.desk,
        store=app.store,
        clock=app.clock,
        topics=app.topics,
        write=lambda digest, stop: app.writing.write(app.desk, app.clock, digest, stop),
        admins=frozenset(app.settings.admins),
        allowed=frozenset(app.settings.allowed) if app.settings.allowed is not None else None,
        edition=app.label,
        default_zone=app.settings.default_zone,
        default_time=app.settings.brief_time,
        can_write=lambda: app.writing.ready,
        country=app.places.name,
        models=lambda: (
            f"Sentence vectors: {app.encoder.name}",
            f"Writer: {app.writing.state}",
        ),
    )


def _schedule_chat(
    app: App, scheduler: AsyncIOScheduler, bot: telegram.Bot, loop: asyncio.AbstractEventLoop
) -> None:
    briefing = Briefing(
        store=app.store,
        desk=app.desk,
        clock=app.clock,
        edition=app.label,
        written=app.desk.written,
    )
    ahead = WritingAhead(
        store=app.store, desk=app.desk, clock=app.clock, briefing=briefing, room=app.writing
    )
    deliverer = Deliverer(app.store, app.clock, app.metrics, bot)

    async def tick() -> None:
        app.metrics.tick()
        await asyncio.to_thread(briefing.run)
        await deliverer.run(app.stopping.is_set)

    job = scheduler.add_job(_guarded(tick), "interval", seconds=TICK.total_seconds(), id="chat")

    def at_once() -> None:
        loop.call_soon_threadsafe(lambda: job.modify(next_run_time=datetime.now(UTC)))

    async def write_ahead() -> None:
        await asyncio.to_thread(ahead.run, app.stopping.is_set)

    scheduler.add_job(
        _guarded(write_ahead), "interval", seconds=AHEAD_TICK.total_seconds(), id="ahead"
    )
    if isinstance(app.clock, EditionClock):
        app.clock.on_jump = at_once


def _schedule_collecting(app: App, scheduler: AsyncIOScheduler) -> None:
    collecting = Collecting(
        collector=None if app.edition else app.collector,
        grouper=app.grouper,
        clock=app.clock,
        metrics=app.metrics,
    )

    async def tick() -> None:
        await asyncio.to_thread(collecting.run, app.stopping.is_set)

    scheduler.add_job(
        _guarded(tick),
        "interval",
        seconds=COLLECT_TICK.total_seconds(),
        id="collect",
        next_run_time=datetime.now(UTC),
    )


def _schedule_rereading(app: App, scheduler: AsyncIOScheduler) -> None:
    if app.edition is not None:  # its pages are nowhere
        return
    amending = Amending(
        rereading=Rereading(app.ingest, app.desk.vectors), store=app.store, clock=app.clock
    )

    async def tick() -> None:
        await asyncio.to_thread(amending.run, app.stopping.is_set)

    seconds = REREAD_TICK.total_seconds()
    scheduler.add_job(_guarded(tick), "interval", seconds=seconds, id="rereading")


def _schedule_watching(app: App, scheduler: AsyncIOScheduler) -> None:
    folder = app.settings.watch_folder
    if folder is None:
        return
    watching = Watching(folder=folder, ingest=app.ingest, clock=app.clock)

    async def tick() -> None:
        await asyncio.to_thread(watching.run, app.stopping.is_set)

    scheduler.add_job(_guarded(tick), "interval", seconds=WATCH_TICK.total_seconds(), id="watching")


def _schedule_chores(app: App, scheduler: AsyncIOScheduler) -> None:
    async def tick() -> None:
        await asyncio.to_thread(app.writing.rest)
        await asyncio.to_thread(app.clock.save)

    async def keep() -> None:
        pruned = await asyncio.to_thread(
            app.retention.run_if_due, app.clock.now(), stop=app.stopping.is_set
        )
        if pruned is not None:
            structlog.get_logger().info("old records taken away", **asdict(pruned))

    scheduler.add_job(_guarded(tick), "interval", seconds=CHORES_TICK.total_seconds(), id="chores")
    scheduler.add_job(
        _guarded(keep),
        "interval",
        seconds=KEEPING_TICK.total_seconds(),
        id="keeping",
        next_run_time=datetime.now(UTC) + KEEPING_DELAY,
    )


def _guarded(tick: Callable[[], Any]) -> Callable[[], Any]:
    """Log what a tick raises; the next one comes all the same."""

    async def run() -> None:
        try:
            await tick()
        except asyncio.CancelledError:
            return  # the scheduler ends; what was begun is a row's state
        except Exception:  # noqa: BLE001 - a failed tick must not end the clock
            structlog.get_logger().exception("tick failed", job=tick.__qualname__)

    return run


def _prepare(app: App, console: Console) -> None:
    """Load the encoder, then make the writer ready, telling how far it is."""
    app.encoder.load()
    shown: dict[str, int] = {}

    def progress(stage: str, share: float) -> None:
        step = int(share * 10)
        if shown.get(stage) != step:
            shown[stage] = step
            console.print(f"[dim]writer: {stage} {share:.0%}[/dim]")

    if app.writing.prepare(progress):
        console.print(f"[dim]writer {app.writing.state}[/dim]")
    elif not app.stopping.is_set():
        console.print(f"[dim]writer: {app.writing.state}; summaries are source sentences[/dim]")


@contextlib.asynccontextmanager
async def _health(app: App) -> AsyncIterator[None]:
    if app.settings.health_port is None:
        yield
        return

    def state() -> dict[str, Any]:
        newest = app.store.articles.newest_at()
        return {
            "ok": not app.stopping.is_set(),
            "articles": app.store.articles.count(),
            "newest_article_at": newest.isoformat() if newest else None,
            "deliveries": app.store.briefs.states(),
            "writer": app.writing.state,
        }

    config = uvicorn.Config(
        create_health_app(app.metrics, state),
        host=app.settings.preview_host,
        port=app.settings.health_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.wait({task}, timeout=2)

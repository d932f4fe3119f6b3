"""The commands: what each is called, what it does, who sees it in a menu.

Menus are display, not authorisation: rights are checked when a command comes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.telegram import asking, inspecting, pages, subscribing, summarising, telling, unfolding
from bot.telegram.request import Request

Run = Callable[[Request, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command. `manages`: 1 always changes something, 2 only when words follow it.

    `in_groups`: whether a group's readers see it in their menu; `how` is its line in /help.
    """

    name: str
    run: Run
    about: str
    how: str
    manages: int = 0
    in_groups: bool = False
    in_menu: bool = True


async def help_(request: Request, _: str = "") -> None:
    """List what the bot can do."""
    await request.reply(
        pages.help_page([(command.how, command.about) for command in COMMANDS if command.how])
    )


COMMANDS = (
    Command(
        name="start", run=telling.start, about="welcome", how="", in_groups=False, in_menu=False
    ),
    Command(
        name="latest", run=asking.latest, about="the top stories", how="/latest", in_groups=True
    ),
    Command(
        name="brief",
        run=asking.brief,
        about="your brief, now",
        how="/brief [topics]",
        in_groups=True,
    ),
    Command(
        name="topic",
        run=asking.topic,
        about="an answer from my sources",
        how="/topic grain exports",
        in_groups=True,
    ),
    Command(
        name="timeline",
        run=unfolding.timeline,
        about="how something unfolded, day by day",
        how="/timeline grain exports",
        in_groups=True,
    ),
    Command(
        name="catchup",
        run=unfolding.catchup,
        about="the background, then what is new",
        how="/catchup grain exports",
        in_groups=True,
    ),
    Command(
        name="summary",
        run=summarising.summary,
        about="a link, text or file in short",
        how="/summary LINK",
        in_groups=True,
    ),
    Command(
        name="story",
        run=asking.story,
        about="one story by its number",
        how="/story 12",
        in_menu=False,
    ),
    Command(
        name="voices",
        run=asking.voices,
        about="who says what in a story",
        how="/voices 12",
        in_menu=False,
    ),
    Command(
        name="coverage",
        run=inspecting.coverage,
        about="who covers a story, and who does not",
        how="/coverage 12",
        in_menu=False,
    ),
    Command(
        name="why",
        run=inspecting.why,
        about="why a story stands where it stands",
        how="/why 12",
        in_menu=False,
    ),
    Command(
        name="subscribe",
        run=subscribing.subscribe,
        about="a daily brief at your hour",
        how="/subscribe ukraine, middle east 07:30",
        manages=1,
    ),
    Command(
        name="subscriptions",
        run=subscribing.subscriptions,
        about="your subscriptions",
        how="/subscriptions",
    ),
    Command(
        name="unsubscribe",
        run=subscribing.unsubscribe,
        about="stop a daily brief",
        how="/unsubscribe [topic or all]",
        manages=1,
    ),
    Command(
        name="timezone",
        run=subscribing.timezone,
        about="your time zone",
        how="/timezone Europe/Berlin",
        manages=2,
    ),
    Command(
        name="settings", run=subscribing.settings, about="length, zone and more", how="/settings"
    ),
    Command(
        name="sources",
        run=telling.sources,
        about="the outlets I read",
        how="/sources",
        in_groups=True,
    ),
    Command(
        name="feeds",
        run=telling.feeds,
        about="how my feeds do",
        how="/feeds",
        in_menu=False,
    ),
    Command(
        name="about",
        run=telling.about,
        about="how I work, what I keep",
        how="/about",
        in_groups=True,
    ),
    Command(
        name="forget",
        run=telling.forget,
        about="delete what I keep about this chat",
        how="/forget",
        manages=1,
    ),
    Command(name="help", run=help_, about="what I can do", how="/help", in_groups=True),
)
BY_NAME = {command.name: command for command in COMMANDS}


async def set_menus(bot: Bot) -> None:
    """Tell Telegram the commands of each scope; a refusal is logged and changes nothing."""
    listed = [command for command in COMMANDS if command.in_menu]
    readers = [command for command in listed if command.in_groups]
    scopes: list[tuple[BotCommandScope, list[Command]]] = [
        (BotCommandScopeDefault(), readers),
        (BotCommandScopeAllPrivateChats(), listed),
        (BotCommandScopeAllGroupChats(), readers),
        (BotCommandScopeAllChatAdministrators(), listed),
    ]
    for scope, commands in scopes:
        try:
            await bot.set_my_commands(
                [BotCommand(command.name, command.about) for command in commands], scope=scope
            )
        except TelegramError as error:
            structlog.get_logger().warning("menu_not_set", scope=scope.type, reason=error.message)

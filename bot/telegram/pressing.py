"""Pressed buttons: what each asks for. Every press is answered, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
import telegram
from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.telegram import (
    asking,
    callbacks,
    inspecting,
    menus,
    pages,
    request,
    rights,
    subscribing,
    telling,
    texts,
    transport,
    unfolding,
    views,
)
from bot.telegram.callbacks import Press
from bot.telegram.inbox import sentence
from bot.telegram.messages import Message
from bot.telegram.request import Request, call
from bot.telegram.services import Services
from bot.telegram.writings import Writings
from news.desk import Unreadable
from news.model import Length
from news.schedule import BadRequest

_LENGTHS: dict[str, Length] = {"short": "short", "medium": "medium", "long": "long"}


@dataclass(slots=True, kw_only=True)
class Pressed:
    """One press being handled: who asks, what for, and whether Telegram was told."""

    query: telegram.CallbackQuery
    asked: Request
    press: Press
    answered: bool = False

    async def answer(self, text: str | None = None, *, alert: bool = False) -> None:
        """Tell the person's client that the press arrived, once; too late is no error."""
        if self.answered:
            return
        self.answered = True
        try:
            await self.query.answer(text, show_alert=alert)
        except TelegramError as error:
            structlog.get_logger().debug("press_not_answered", reason=error.message)

    async def replace(self, message: Message) -> None:
        """Put another page in the place of the one with the button, or send it where it cannot."""
        await self.answer()
        old = self.query.message
        if old is None or not await transport.edit_message(
            self.asked.bot, old.chat.id, old.message_id, message
        ):
            await self.asked.reply(message)


Handle = Callable[[Pressed], Awaitable[None]]


class Buttons:
    """Handles callback queries."""

    def __init__(self, services: Services, writings: Writings) -> None:
        self._services = services
        self._writings = writings

    async def receive(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Do what a pressed button says."""
        query = update.callback_query
        if query is None:
            return
        press = callbacks.read(query.data or "")
        chat_id = query.message.chat.id if query.message else query.from_user.id
        if not rights.is_served(self._services, chat_id, query.from_user.id):
            await _refuse(query, texts.PRIVATE_BOT)
            return
        asked = await request.from_press(query, self._services, self._writings)
        if asked is None or press is None or press.action not in _HANDLERS:
            await _refuse(query, texts.OLD_BUTTON)
            return
        pressed = Pressed(query=query, asked=asked, press=press)
        handle, manages = _HANDLERS[press.action]
        try:
            if manages and not await rights.may_manage(asked):
                await pressed.answer(texts.ADMINS_ONLY, alert=True)
                return
            await handle(pressed)
        except (BadRequest, Unreadable) as error:
            await pressed.answer()
            await asked.say(sentence(error))
        finally:
            await pressed.answer()


async def _refuse(query: telegram.CallbackQuery, text: str) -> None:
    try:
        await query.answer(text, show_alert=True)
    except TelegramError as error:
        structlog.get_logger().debug("press_not_answered", reason=error.message)


async def _sources(pressed: Pressed) -> None:
    await pressed.answer()
    await asking.sources(pressed.asked, pressed.press.number(0), pressed.press.value(1))


async def _more(pressed: Pressed) -> None:
    await pressed.answer()
    await asking.story(pressed.asked, pressed.press.value(), length="long")


async def _story(pressed: Pressed) -> None:
    await pressed.answer()
    await asking.story(pressed.asked, pressed.press.value())


async def _voices(pressed: Pressed) -> None:
    await pressed.answer()
    await asking.voices(pressed.asked, pressed.press.value())


async def _timeline(pressed: Pressed) -> None:
    number, key = pressed.press.value(0), pressed.press.value(1)
    page = unfolding.page(pressed.asked, key, _place(number))
    await _turn_timeline(pressed, page, number, texts.OLD_BUTTON)


async def _story_timeline(pressed: Pressed) -> None:
    story, number = pressed.press.number(0), pressed.press.value(1)
    page = unfolding.story_page(pressed.asked, story, _place(number))
    await _turn_timeline(pressed, page, number, texts.STORY_GONE)


async def _turn_timeline(
    pressed: Pressed, making: Awaitable[Message | None], number: str, gone: str
) -> None:
    """Turn a timeline's page, or show one from under another message, which has no `number`.

    The press is answered at once, since a timeline takes a second or two to make.
    """
    await pressed.answer()
    async with pressed.asked.typing():
        message = await making
    if message is None:
        await pressed.asked.say(gone)
    elif number:
        await pressed.replace(message)
    else:
        await pressed.asked.reply(message)


def _place(number: str) -> int | None:
    return int(number) if number.isascii() and number.isdigit() else None


async def _catch_up(pressed: Pressed) -> None:
    await pressed.answer()
    words = await unfolding.asked(pressed.asked, pressed.press.value())
    if words is None:
        await pressed.asked.say(texts.OLD_BUTTON)
    else:
        await unfolding.catchup(pressed.asked, words)


async def _coverage(pressed: Pressed) -> None:
    await pressed.answer()
    await inspecting.coverage(pressed.asked, pressed.press.value())


async def _why(pressed: Pressed) -> None:
    await pressed.answer()
    await inspecting.why(pressed.asked, pressed.press.value())


async def _follow(pressed: Pressed) -> None:
    following = await asking.follow(pressed.asked, pressed.press.number())
    if following is None:
        await pressed.answer(texts.STORY_GONE, alert=True)
        return
    await pressed.answer(texts.FOLLOWING if following else texts.NOT_FOLLOWING)
    message = pressed.asked.message
    if message is None or message.reply_markup is None:
        return
    rows = [
        [
            telegram.InlineKeyboardButton(
                views.follow_label(following), callback_data=button.callback_data
            )
            if button.callback_data == pressed.query.data
            else button
            for button in row
        ]
        for row in message.reply_markup.inline_keyboard
    ]
    try:
        await message.edit_reply_markup(telegram.InlineKeyboardMarkup(rows))
    except TelegramError as error:
        structlog.get_logger().debug("label_not_changed", reason=error.message)


async def _ask(pressed: Pressed) -> None:
    await pressed.answer()
    label = pressed.asked.services.topics.label(pressed.press.value())
    await asking.topic(pressed.asked, label)


async def _brief(pressed: Pressed) -> None:
    await pressed.answer()
    await asking.brief(pressed.asked)


async def _latest(pressed: Pressed) -> None:
    await pressed.answer()
    await asking.latest(pressed.asked)


async def _help(pressed: Pressed) -> None:
    await pressed.answer()
    await menus.help_(pressed.asked)


async def _choose_topic(pressed: Pressed) -> None:
    page = pages.choose_topic(pressed.asked.services.topics.known(), pressed.press.number())
    await _turn(pressed, page)


async def _choose_hour(pressed: Pressed) -> None:
    asked = pressed.asked
    page = pages.choose_hour(pressed.press.value(), asked.services.topics.label, asked.chat.zone)
    await _turn(pressed, page)


async def _turn(pressed: Pressed, page: Message) -> None:
    """Show the next page of choosing: in place of the last one, but leave a welcome standing."""
    message = pressed.asked.message
    choosing = message is not None and any(
        str(button.callback_data or "").split(":")[1:2] in (["sut"], ["sun"])
        for row in (message.reply_markup.inline_keyboard if message.reply_markup else ())
        for button in row
    )
    if choosing:
        await pressed.replace(page)
        return
    await pressed.answer()
    await pressed.asked.reply(page)


async def _subscribe(pressed: Pressed) -> None:
    topic, digits = pressed.press.value(0), pressed.press.value(1)
    hour = f"{digits[:2]}:{digits[2:]}"
    topics = () if topic == pages.EVERYTHING else (topic,)
    await pressed.replace(await subscribing.make(pressed.asked, topics, hour))


async def _subscriptions(pressed: Pressed) -> None:
    await pressed.answer()
    await subscribing.subscriptions(pressed.asked)


async def _unsubscribe(pressed: Pressed) -> None:
    asked = pressed.asked
    count = await call(
        asked.services.store.subscriptions.remove, asked.chat.id, [pressed.press.number()]
    )
    await pressed.answer(texts.removed(count) if count else texts.NO_SUCH_SUBSCRIPTION)
    await pressed.replace(await subscribing.listed(asked))


async def _length(pressed: Pressed) -> None:
    length = _LENGTHS.get(pressed.press.value())
    if length is None:
        await pressed.answer(texts.OLD_BUTTON, alert=True)
        return
    page = await subscribing.set_length(pressed.asked, length)
    await pressed.answer(texts.LENGTH_SET.format(length=length))
    await pressed.replace(page)


async def _settings(pressed: Pressed) -> None:
    await pressed.answer()
    await subscribing.settings(pressed.asked)


async def _forget(pressed: Pressed) -> None:
    choice = pressed.press.value()
    if choice == "ask":
        await pressed.answer()
        await telling.forget(pressed.asked)
    elif choice == "yes":
        await pressed.replace(await telling.forgotten(pressed.asked))
    else:
        await pressed.replace(Message(text=texts.KEPT))


_HANDLERS: dict[str, tuple[Handle, bool]] = {
    "src": (_sources, False),
    "more": (_more, False),
    "sty": (_story, False),
    "vcs": (_voices, False),
    "why": (_why, False),
    "tml": (_timeline, False),
    "tls": (_story_timeline, False),
    "cup": (_catch_up, False),
    "cov": (_coverage, False),
    "flw": (_follow, True),
    "ask": (_ask, False),
    "brf": (_brief, False),
    "lat": (_latest, False),
    "hlp": (_help, False),
    "set": (_settings, False),
    "sbs": (_subscriptions, False),
    "sub": (_choose_topic, True),
    "sut": (_choose_hour, True),
    "sun": (_subscribe, True),
    "uns": (_unsubscribe, True),
    "len": (_length, True),
    "fgt": (_forget, True),
}
"""What each button does, and whether it takes the right to change the chat's settings."""

"""What a message asks for, read from its words and entities. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

import telegram
from telegram import MessageEntity
from telegram.constants import MessageEntityType

from bot.telegram.markup import is_web

LONG_TEXT = 600
"""From so many characters on, words sent are a text to summarise, not a question."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,32}))?(?=\s|$)")
_NUMBERED = re.compile(r"(story|why|coverage)_(\d{1,18})")
_LINKS: list[str | None] = [MessageEntityType.URL, MessageEntityType.TEXT_LINK]
_MENTIONS: list[str | None] = [MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command and what follows it. `bot` is the name behind its "@", if there is one."""

    name: str
    argument: str
    bot: str | None = None


def names_something(words: str) -> bool:
    """Say whether words can be asked about: signs and emoji alone name nothing."""
    return any(map(str.isalnum, words))


def words_of(message: telegram.Message) -> str:
    """Give a message's text, or the words under its picture or file."""
    return message.text or message.caption or ""


def read_command(text: str) -> Command | None:
    """Read the command that a text begins with; "/story_12" is "/story 12"."""
    found = _COMMAND.match(text)
    if found is None:
        return None
    name, argument = found.group(1).lower(), text[found.end() :].strip()
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        name, argument = numbered.group(1), numbered.group(2)
    return Command(name=name, argument=argument, bot=found.group(2))


def first_link(message: telegram.Message) -> str | None:
    """Give the first web link that a message is about.

    A bare domain name counts only when it is the whole message: "booking.com" inside a
    question is a company, not a page to read.
    """
    text = words_of(message).strip()
    for entity, shown in _entities(message, _LINKS).items():
        if entity.type == MessageEntityType.TEXT_LINK:
            if is_web(entity.url):
                return entity.url
        elif is_web(shown):
            return shown
        elif shown == text and is_web(f"https://{shown}"):
            return f"https://{shown}"
    return None


def mentions(message: telegram.Message, bot: telegram.Bot) -> bool:
    """Say whether a message names the bot."""
    return any(
        _is_me(entity, shown, bot) for entity, shown in _entities(message, _MENTIONS).items()
    )


def without_mentions(message: telegram.Message, bot: telegram.Bot) -> str:
    """Give a message's words without the bot's own name."""
    text = words_of(message)
    for entity, shown in _entities(message, _MENTIONS).items():
        if _is_me(entity, shown, bot):
            text = text.replace(shown, " ", 1)
    return " ".join(text.split()) if "\n" not in text else text.strip()


def answers_me(message: telegram.Message, bot: telegram.Bot) -> bool:
    """Say whether a message replies to one of the bot's.

    In a forum every message replies to the one that opened its topic; that is no reply.
    """
    replied = message.reply_to_message
    return (
        replied is not None
        and replied.forum_topic_created is None
        and replied.from_user is not None
        and replied.from_user.id == bot.id
    )


def _is_me(entity: MessageEntity, shown: str, bot: telegram.Bot) -> bool:
    if entity.type == MessageEntityType.TEXT_MENTION:
        return entity.user is not None and entity.user.id == bot.id
    return shown.casefold() == f"@{bot.username}".casefold()


def _entities(message: telegram.Message, kinds: list[str | None]) -> dict[MessageEntity, str]:
    if message.text:
        return message.parse_entities(kinds)
    return message.parse_caption_entities(kinds) if message.caption else {}

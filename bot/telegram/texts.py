"""The bot's short answers: one clear line each, plain text. Longer pages are in `pages`."""

from __future__ import annotations

from collections.abc import Sequence

PRIVATE_BOT = (
    "Sorry, this bot is private. Its operator can add you to the list of people it serves."
)
ADMINS_ONLY = "Only this group's admins can change that. Ask one of them, or talk to me in private."
UNKNOWN_COMMAND = "I do not know that command. /help lists what I can do."
OLD_BUTTON = "That button is from an older version of me. Please ask again."
STORY_GONE = "That story is no longer here. /latest shows what is."
SOURCES_GONE = "I no longer have the sources of that text. Please ask again."
FAILED = "Something went wrong on my side. Please try again in a moment."
NOTHING_TO_READ = (
    "I read links, text, and text, HTML, PDF, DOCX or mail files. "
    "Send me one of those, or a question."
)
STICKER = "Nice one. I only understand words, though: ask me about the news, or see /help."
WHICH_STORY = "Which story? Like this: /story 12. The numbers are in /latest."
WHICH_COVERAGE = "Of which story? Like this: /coverage 12. The numbers are in /latest."
WHICH_WHY = "Of which story? Like this: /why 12. The numbers are in /latest."
WHICH_VOICES = "Of which story? Like this: /voices 12. The numbers are in /latest."
WHICH_TIMELINE = "Of what? Like this: /timeline grain exports."
WHICH_CATCHUP = "On what? Like this: /catchup grain exports."
NO_TIMELINE = "The articles of that story name no day; their texts may have been dropped for age."
WHICH_TOPIC = "What about? Like this: /topic grain exports, or just send the words."
WHAT_TO_SUMMARISE = (
    "Send /summary with a link, or as an answer to a message with a link, a text or a file."
)
TOO_LITTLE = (
    "That is too little to summarise: send a link or a longer text. "
    "To ask about the news, send just the words."
)
EMPTY_FILE = "That file is empty."
FILE_TOO_BIG = "That file is larger than 20 MB, more than Telegram lets a bot read. A part of it?"
FILE_KIND = (
    "I read text, HTML, PDF, DOCX and mail files; that one is none of them. "
    "You can paste its text instead."
)
FILE_UNREACHABLE = "Telegram did not give me that file. Please send it again."
FOLLOWING = "Following. You will hear when it moves on."
NOT_FOLLOWING = "Not following it any more."
NO_SUBSCRIPTIONS = "No subscriptions in this chat. /subscribe makes one."
NO_SUCH_SUBSCRIPTION = "There is no such subscription. /subscriptions lists them."
LENGTH_SET = "Stories and briefs are now {length}."
LENGTH_UNKNOWN = "Length is short, medium or long."
KEPT = "Nothing was deleted."
NOTHING_KEPT = "I keep nothing about this chat."
TOPIC_TOO_LONG = "That is too long for a topic. Use a few words."
WELCOME_GROUP = (
    "Hello. Admins can set a daily brief for this group with /subscribe; "
    "anyone can ask me with /topic, or by mentioning me."
)


def forgotten(rows: int) -> str:
    """Say that all about a chat was deleted."""
    return f"Done. Everything I kept about this chat is deleted ({rows} entries)."


def narrowed(topic: str, left: Sequence[str]) -> str:
    """Say that a topic went and what its subscriptions still bring."""
    return f"No more {topic.strip()}. You still get: {'; '.join(left)}."


def removed(count: int) -> str:
    """Say how many subscriptions went."""
    return "Unsubscribed." if count == 1 else f"Removed {count} subscriptions."

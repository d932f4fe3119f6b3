"""The chat on python-telegram-bot: updates in, messages out.

Knows Telegram and asks the desk; knows no settings, models or feeds. `views` and `pages` turn
domain values into messages and are pure; `transport` alone decides what a refusal means.
"""

from bot.telegram.application import ALLOWED_UPDATES, ChatApplication, build_application
from bot.telegram.services import Services

__all__ = ["ALLOWED_UPDATES", "ChatApplication", "Services", "build_application"]

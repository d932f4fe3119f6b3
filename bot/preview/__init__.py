"""A local Bot API server and a chat page, so that the bot can be tried without a token.

The very same python-telegram-bot application talks to it over HTTP; only its base links differ.
Speaks for Telegram: knows chats, messages, updates and refusals; knows nothing of news.
"""

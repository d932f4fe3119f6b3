"""The Bot API's ways of saying no, with the texts that Telegram itself sends.

Knows no chats and no methods; whoever meets a wrong request raises one of these.
"""

from __future__ import annotations

from typing import Any

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Refusal(Exception):
    """A request that the Bot API refuses.

    `code` is the HTTP status and `error_code`; `description` goes to the caller word for word.
    """

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"ok": False, "error_code": self.code, "description": self.description}


def bad_request(text: str) -> Refusal:
    """400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refusal:
    """403 with Telegram's prefix."""
    return Refusal(403, f"Forbidden: {text}")


def not_implemented(method: str) -> Refusal:
    """A method of the Bot API that this preview does not have; Telegram has no such answer."""
    return Refusal(501, f"Not Implemented: the preview does not implement {method}")


def method_not_found() -> Refusal:
    """404 for a name that is no method."""
    return Refusal(404, "Not Found: method not found")


def unauthorized() -> Refusal:
    """401 for a token of the right form that is not this bot's."""
    return Refusal(401, "Unauthorized")


def conflict() -> Refusal:
    """409, told to the older of two pollers."""
    return Refusal(
        409,
        "Conflict: terminated by other getUpdates request;"
        " make sure that only one bot instance is running",
    )

"""One call of a Bot API method, and the register of the methods that the preview has.

Knows no method itself; `sending`, `chat_methods` and `own_methods` register theirs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.preview.people import Chat
from bot.preview.refusals import bad_request
from bot.preview.table import Table
from bot.preview.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file in a request."""

    name: str
    mime: str | None
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A checked request: `values` holds the known parameters, `files` the uploaded parts."""

    method: str
    values: Mapping[str, Any]
    files: Mapping[str, Upload]
    table: Table

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default when it was not sent."""
        return self.values.get(name, default)

    def chat(self, world: World, name: str = "chat_id") -> Chat:
        """The chat that a parameter names. Raises: `Refusal` (400)."""
        if name not in self.values:
            raise bad_request(f"{name} is empty")
        return world.chat(self.values[name])

    def upload(self, name: str) -> Upload | None:
        """The file that a parameter carries ("attach://part"), None for an id or a link."""
        value = str(self.values[name])
        if not value.startswith("attach://"):
            return None
        found = self.files.get(value.removeprefix("attach://"))
        if found is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return found


Method = Callable[[World, Call], Awaitable[Any]]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Register a coroutine function as a method of the Bot API."""

    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register

"""Checks a request's parameters against the shipped table of the Bot API.

Knows the names, types and limits of every method; knows nothing of what a method does.
Values come as text (query, form) or as JSON; they leave as Python values of the stated type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from bot.preview.refusals import QUERY_TOO_OLD, Refusal, bad_request, method_not_found

_INTEGER = re.compile(r"[+-]?\d{1,19}")

# What Telegram says when this parameter is missing; others get the general sentence.
_MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "from_chat_id is empty",
    "message_id": "message identifier is not specified",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "file_id": "file_id not specified",
    "user_id": "invalid user_id specified",
    "callback_query_id": QUERY_TOO_OLD,
    "reply_markup": "object expected as reply markup",
}
# What Telegram says when this field breaks its limit.
_BEYOND = {
    "callback_data": "BUTTON_DATA_INVALID",
    "BotCommand.command": "BOT_COMMAND_INVALID",
    "BotCommand.description": "BOT_COMMAND_DESCRIPTION_INVALID",
    "answerCallbackQuery.text": "MESSAGE_TOO_LONG",
}
_READABLE = {"InlineKeyboardButton": "inline keyboard button", "KeyboardButton": "keyboard button"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Every method and every type a bot can send, as `bench/make_api_table.py` wrote them."""

    version: str
    methods: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]]

    def find(self, name: str) -> str:
        """A method's name in its usual spelling; Telegram ignores case.

        Raises: `Refusal` (404) when there is no such method.
        """
        wanted = name.casefold()
        for known in self.methods:
            if known.casefold() == wanted:
                return known
        raise method_not_found()

    def limit(self, method: str, parameter: str) -> int:
        """The greatest length of a parameter, in its unit."""
        return int(self.methods[method][parameter]["max"])

    def check(
        self, method: str, raw: Mapping[str, object], files: Collection[str] = ()
    ) -> dict[str, Any]:
        """The known parameters of a request, each with its type; `files` names uploaded parts.

        Raises: `Refusal` (400) for a missing parameter, a wrong type or a broken limit.
        """
        checked: dict[str, Any] = {}
        for name, field in self.methods[method].items():
            value = raw.get(name)
            if value is None and name in files:
                value = f"attach://{name}"
            if value is None or (value == "" and field.get("required")):
                if field.get("required"):
                    raise bad_request(_MISSING.get(name, f'parameter "{name}" is required'))
                continue
            checked[name] = self._parameter(method, name, field, value)
        return checked

    def unknown(self, method: str, raw: Mapping[str, object]) -> list[str]:
        """Parameters that the method does not have; Telegram ignores them, we log them."""
        return sorted(set(raw) - set(self.methods[method]))

    def _parameter(self, method: str, name: str, field: Mapping[str, Any], value: object) -> Any:
        types: list[str] = field["types"]
        if types == ["Boolean"]:
            return _boolean(name, value)
        if "Integer" in types and _is_integer(value):
            return int(str(value))
        if "Float" in types:
            return _float(name, value)
        if "String" in types:
            if not isinstance(value, str | int | float) or isinstance(value, bool):
                raise bad_request(f'parameter "{name}" must be of type String')
            _within(f"{method}.{name}", name, field, str(value))
            return str(value)
        if "Integer" in types:
            raise bad_request(f'parameter "{name}" must be of type Integer')
        decoded = _decoded(name, value)
        self._object(name, types, decoded, depth=0)
        _within(f"{method}.{name}", name, field, decoded)
        return decoded

    def _object(self, name: str, types: list[str], value: object, depth: int) -> None:
        """Refuse a nested value that none of its possible types allows."""
        if depth > 12:
            raise bad_request(f"can't parse {name}: too deep")
        arrays = [kind.removeprefix("Array of ") for kind in types if kind.startswith("Array of ")]
        if arrays:
            if not isinstance(value, list):
                raise bad_request(f"can't parse {name}: expected an Array")
            for item in value:
                self._object(name, arrays, item, depth + 1)
            return
        refused: Refusal | None = None
        for kind in self._kinds(types):
            try:
                self._one(name, kind, value, depth)
            except Refusal as error:
                # the first type whose required fields are there is the one that was meant
                refused = refused if refused and not self._meant(kind, value) else error
            else:
                return
        if refused:
            raise refused

    def _kinds(self, types: list[str]) -> list[str]:
        kinds: list[str] = []
        for kind in types:
            kinds += self.types.get(kind, {}).get("one_of", [kind])
        return kinds

    def _meant(self, kind: str, value: object) -> bool:
        fields = self.types.get(kind, {})
        needed = {name for name, field in fields.items() if field.get("required")}
        return isinstance(value, dict) and bool(needed) and needed <= value.keys()

    def _one(self, name: str, kind: str, value: object, depth: int) -> None:
        if kind in _SCALARS:
            if not isinstance(value, _SCALARS[kind]) or (
                isinstance(value, bool) and kind != "Boolean"
            ):
                raise bad_request(f"can't parse {name}: expected {kind}")
            return
        fields = self.types.get(kind)
        if fields is None or kind == "InputFile":
            return
        label = _READABLE.get(kind, kind)
        if not isinstance(value, dict):
            if name == "reply_markup" and depth == 0:
                raise bad_request("object expected as reply markup")
            raise bad_request(f"can't parse {label}: expected an Object")
        for key, field in fields.items():
            inner = value.get(key)
            if inner is None:
                if field.get("required"):
                    raise bad_request(f"can't parse {label}: Can't find field \"{key}\"")
                continue
            self._field(kind, label, key, field, inner, depth)

    def _field(
        self, kind: str, label: str, key: str, field: Mapping[str, Any], value: object, depth: int
    ) -> None:
        scalars = [_SCALARS[one] for one in field["types"] if one in _SCALARS]
        if len(scalars) == len(field["types"]):
            fits = any(isinstance(value, scalar) for scalar in scalars)
            if not fits or (isinstance(value, bool) and field["types"] != ["Boolean"]):
                wanted = " or ".join(field["types"])
                raise bad_request(f'can\'t parse {label}: Field "{key}" must be of type {wanted}')
            _within(f"{kind}.{key}", key, field, value)
            return
        self._object(key, field["types"], value, depth + 1)


_SCALARS: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
}


def load() -> Table:
    """The table that ships with the package."""
    text = resources.files("bot.preview").joinpath("api_table.json").read_text(encoding="utf-8")
    found = json.loads(text)
    return Table(version=found["version"], methods=found["methods"], types=found["types"])


def _within(path: str, name: str, field: Mapping[str, Any], value: object) -> None:
    unit = field.get("unit")
    if unit is None or unit == "parsed" or not isinstance(value, str | list):
        return
    size = len(value.encode()) if unit == "bytes" and isinstance(value, str) else len(value)
    if field["min"] <= size <= field["max"]:
        return
    said = _BEYOND.get(path) or _BEYOND.get(name)
    if name == "callback_data" and size == 0:
        # an empty string is no data at all: the button is then a text button
        return
    raise bad_request(said or f"{name} must have {field['min']}-{field['max']} {unit}")


def _is_integer(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (
        isinstance(value, str) and bool(_INTEGER.fullmatch(value.strip()))
    )


def _boolean(name: str, value: object) -> bool:
    text = str(value).strip().casefold()
    if text in {"true", "yes", "1"}:
        return True
    if text in {"false", "no", "0", ""}:
        return False
    raise bad_request(f'parameter "{name}" must be of type Boolean')


def _float(name: str, value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise bad_request(f'parameter "{name}" must be of type Float') from None


def _decoded(name: str, value: object) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        what = "reply keyboard markup" if name == "reply_markup" else name
        raise bad_request(f"can't parse {what} JSON object") from None

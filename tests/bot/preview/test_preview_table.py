"""The table of the Bot API: how it is made, and how requests are checked against it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.preview.refusals import Refusal
from bot.preview.table import Table, load

_SCRIPT = Path(__file__).parents[3] / "bench" / "make_api_table.py"


@pytest.fixture(scope="module")
def table() -> Table:
    """The shipped table."""
    return load()


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that made it."""
    spec = importlib.util.spec_from_file_location("make_api_table", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _field(name: str, kind: str, required: bool, description: str) -> dict[str, Any]:
    return {"name": name, "types": [kind], "required": required, "description": description}


def test_the_script_keeps_limits_and_no_prose(script: ModuleType, tmp_path: Path) -> None:
    """Names, types and limits go into the table; sentences and unused types do not."""
    said = "Words of the manual, 1-12 characters after entities parsing"
    api = {
        "version": "Bot API 0.1",
        "methods": {
            "wave": {
                "fields": [
                    _field("words", "String", True, said),
                    _field("hand", "Hand", False, "Which one"),
                ]
            }
        },
        "types": {
            "Hand": {"fields": [_field("side", "String", True, "Left or right; 0-64 bytes")]},
            "Unused": {"fields": []},
        },
    }
    source, target = tmp_path / "api.json", tmp_path / "table.json"
    source.write_text(json.dumps(api), encoding="utf-8")
    assert script.main([str(source), str(target)]) == 0
    assert json.loads(target.read_text(encoding="utf-8")) == {
        "version": "Bot API 0.1",
        "methods": {
            "wave": {
                "words": {
                    "types": ["String"],
                    "required": True,
                    "min": 1,
                    "max": 12,
                    "unit": "parsed",
                },
                "hand": {"types": ["Hand"]},
            }
        },
        "types": {
            "Hand": {
                "side": {
                    "types": ["String"],
                    "required": True,
                    "min": 0,
                    "max": 64,
                    "unit": "bytes",
                }
            }
        },
    }


def test_the_shipped_table_has_the_whole_api(table: Table) -> None:
    """Every method is known, with the limits that matter here."""
    assert len(table.methods) > 150
    assert table.limit("sendMessage", "text") == 4096
    assert table.limit("sendPhoto", "caption") == 1024
    assert table.types["InlineKeyboardButton"]["callback_data"]["max"] == 64


def test_the_library_calls_nothing_the_table_lacks(table: Table) -> None:
    """Every parameter that the library sends for the bot's methods is in the table."""
    import inspect

    from telegram import Bot

    own = {"self", "api_kwargs", "read_timeout", "write_timeout", "connect_timeout"}
    own |= {"pool_timeout", "filename", "do_quote"}
    # older spellings that the library turns into the new ones before it sends
    old = {"reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview"}
    for python, method in (
        ("send_message", "sendMessage"),
        ("send_photo", "sendPhoto"),
        ("edit_message_text", "editMessageText"),
        ("answer_callback_query", "answerCallbackQuery"),
        ("get_updates", "getUpdates"),
    ):
        names = set(inspect.signature(getattr(Bot, python)).parameters) - own - old
        assert names <= set(table.methods[method]), python


def test_values_come_out_with_their_types(table: Table) -> None:
    """Form fields are text; the method gets numbers, flags and objects."""
    checked = table.check(
        "sendMessage",
        {
            "chat_id": "-100",
            "text": "5",
            "disable_notification": "true",
            "reply_parameters": '{"message_id": 3}',
            "unheard_of": "x",
        },
    )
    assert checked == {
        "chat_id": -100,
        "text": "5",
        "disable_notification": True,
        "reply_parameters": {"message_id": 3},
    }
    assert table.unknown("sendMessage", {"text": 1, "unheard_of": 2}) == ["unheard_of"]


def _markup(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [list(buttons)]}}


@pytest.mark.parametrize(
    ("method", "raw", "said"),
    [
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        ("deleteMessage", {"chat_id": 1}, "message identifier is not specified"),
        ("sendChatAction", {"chat_id": 1}, 'parameter "action" is required'),
        (
            "deleteMessage",
            {"chat_id": 1, "message_id": "x"},
            'parameter "message_id" must be of type Integer',
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "protect_content": "maybe"},
            'parameter "protect_content" must be of type Boolean',
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": "[]"},
            "object expected as reply markup",
        ),
        ("sendMessage", _markup({"text": "x", "callback_data": "é" * 33}), "BUTTON_DATA_INVALID"),
        (
            "sendMessage",
            _markup({"callback_data": "x"}),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            "sendMessage",
            _markup({"text": 5, "callback_data": "x"}),
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "x" * 33, "description": "y"}]},
            "BOT_COMMAND_INVALID",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
    ],
)
def test_wrong_parameters_are_refused(
    table: Table, method: str, raw: dict[str, Any], said: str
) -> None:
    """Missing, mistyped and too long parameters get Telegram's texts."""
    with pytest.raises(Refusal) as refused:
        table.check(method, raw)
    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: {said}"


def test_method_names_ignore_case(table: Table) -> None:
    """As on Telegram; an unknown name is 404."""
    assert table.find("sendmessage") == "sendMessage"
    with pytest.raises(Refusal) as refused:
        table.find("sendSmoke")
    assert refused.value.code == 404

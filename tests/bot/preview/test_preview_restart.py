"""What outlives the program: chats, messages, files, and updates nobody has confirmed."""

from __future__ import annotations

from pathlib import Path

from preview_running import picture, serve

READER = 1_000_001


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """History, files, menus and unconfirmed updates survive; ids go on; the bot stays itself."""
    database = tmp_path / "deep" / "preview.sqlite3"
    async with serve(database) as first:
        await first.say("/start")
        sent = await first.http.post(
            f"{first.link}sendPhoto", data={"chat_id": READER}, files={"photo": picture()}
        )
        photo = sent.json()["result"]["photo"][-1]
        await first.call("setMyCommands", commands=[{"command": "help", "description": "x"}])
        before = await first.updates()
        me = (await first.call("getMe"))["result"]["id"]
    async with serve(database) as second:
        assert await second.updates() == before
        assert (await second.call("getMe"))["result"]["id"] == me
        found = (await second.messages())["messages"]
        assert [one.get("text") for one in found] == ["/start", None]
        file = await second.http.get(f"{second.server.url}api/files/{photo['file_id']}")
        assert file.content == picture()
        later = await second.say("again")
        assert later["message_id"] == found[-1]["message_id"] + 1
        assert (await second.updates())[-1]["update_id"] > before[-1]["update_id"]
        chats = (await second.http.get(f"{second.server.url}api/chats")).json()["chats"]
        assert chats[0]["id"] == READER
        assert chats[0]["commands"] == [{"command": "help", "description": "x"}]


async def test_a_chat_keeps_its_last_messages_only(tmp_path: Path) -> None:
    """The bound holds, and files go with the message that showed them last."""
    async with serve(tmp_path / "preview.sqlite3", keep=5) as preview:
        answer = await preview.http.post(
            f"{preview.server.url}api/chats/{READER}/files", files={"file": ("a.txt", b"words")}
        )
        file_id = answer.json()["message"]["document"]["file_id"]
        for number in range(4):
            await preview.say(f"text {number}")
        assert preview.world.store.file(file_id) is not None
        await preview.say("one more")
        assert len((await preview.messages())["messages"]) == 5
        assert preview.world.store.file(file_id) is None


async def test_the_numbers_of_deleted_messages_are_not_used_again(tmp_path: Path) -> None:
    """Also after a restart that follows a deletion."""
    database = tmp_path / "preview.sqlite3"
    async with serve(database) as first:
        await first.say("/start")
        gone = (await first.call("sendMessage", chat_id=READER, text="x"))["result"]["message_id"]
        await first.call("deleteMessage", chat_id=READER, message_id=gone)
    async with serve(database) as second:
        assert (await second.say("next"))["message_id"] == gone + 1

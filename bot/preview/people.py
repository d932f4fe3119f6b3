"""Who talks where: persons, chats and the bot itself, and their JSON in the Bot API.

Values only: knows no messages, no store and no requests.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Json = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup", "channel"]
Standing = Literal["creator", "administrator", "member", "left", "kicked"]

ADMINS = frozenset({"creator", "administrator"})
PRESENT = ADMINS | {"member"}

_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)
_WITHOUT = frozenset({"can_be_edited", "is_anonymous"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user, or the bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = "en"
    is_bot: bool = False

    def as_json(self) -> Json:
        """A Bot API User."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person's standing in a chat."""

    person: Person
    standing: Standing = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A private chat, group, supergroup (perhaps a forum) or channel.

    `bot_standing` is the bot's own: "kicked" in a private chat means that the user blocked it.
    `started`: the user of a private chat has written first. `threads` maps topic ids to names.
    `keyboard` is the reply keyboard that the bot has set, in rows of labels.
    """

    id: int
    kind: ChatKind
    number: int = 0
    title: str | None = None
    username: str | None = None
    is_forum: bool = False
    members: tuple[Member, ...] = ()
    bot_standing: Standing = "member"
    started: bool = False
    threads: tuple[tuple[int, str], ...] = ()
    keyboard: Json | None = None

    def as_json(self) -> Json:
        """A Bot API Chat."""
        if self.kind == "private":
            person = self.members[0].person.as_json()
            names = {k: person[k] for k in ("first_name", "last_name", "username") if k in person}
            return {"id": self.id, "type": "private"} | names
        made: Json = {"id": self.id, "type": self.kind, "title": self.title or ""}
        if self.username:
            made["username"] = self.username
        if self.is_forum:
            made["is_forum"] = True
        return made

    def member(self, user_id: int) -> Member | None:
        """A person of this chat."""
        return next((one for one in self.members if one.person.id == user_id), None)

    def with_member(self, member: Member) -> Chat:
        """The chat with a person added or changed."""
        others = tuple(one for one in self.members if one.person.id != member.person.id)
        return replace(self, members=(*others, member))

    @property
    def is_group(self) -> bool:
        """Whether several people talk here."""
        return self.kind in {"group", "supergroup"}

    def row(self) -> Json:
        """How the store keeps it."""
        return asdict(self)


def chat_from_row(row: Json) -> Chat:
    """A chat as the store kept it."""
    members = tuple(
        Member(person=Person(**one["person"]), standing=one["standing"]) for one in row["members"]
    )
    threads = tuple((int(number), str(name)) for number, name in row["threads"])
    return Chat(**(row | {"members": members, "threads": threads}))


def chat_member(person: Person, standing: Standing) -> Json:
    """A Bot API ChatMember of the matching kind."""
    made: Json = {"user": person.as_json(), "status": standing}
    if standing == "creator":
        return made | {"is_anonymous": False}
    if standing == "administrator":
        return made | {right: right not in _WITHOUT for right in _RIGHTS}
    if standing == "kicked":
        return made | {"until_date": 0}
    return made

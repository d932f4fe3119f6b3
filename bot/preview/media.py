"""Files in messages: documents as they are, pictures in the sizes that Telegram makes.

Knows no chats. A file's id is its address in the store; its unique id depends on its content.
"""

from __future__ import annotations

import hashlib
import io
import mimetypes
from pathlib import PurePath

from bot.preview.people import Json
from bot.preview.refusals import bad_request
from bot.preview.store import StoredFile
from bot.preview.world import World

MAX_PHOTO_BYTES = 10 * 1024 * 1024
# the largest file that getFile hands out
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_EDGES = (320, 800)
_MAX_SIDES = 10_000
_MAX_RATIO = 20


def mime_of(name: str, said: str | None) -> str:
    """A file's media type: what the sender said, else what its name says."""
    if said and said != "application/octet-stream":
        return said.partition(";")[0].strip().casefold()
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def document_json(stored: StoredFile) -> Json:
    """A Bot API Document."""
    return file_json(stored) | {"file_name": stored.name, "mime_type": stored.mime}


def save_document(world: World, name: str, mime: str | None, content: bytes) -> Json:
    """Keep an uploaded file as a document.

    Raises: `Refusal` (400) for an empty one.
    """
    if not content:
        raise bad_request("file must be non-empty")
    plain = PurePath(name.replace("\\", "/")).name or "file"
    return document_json(world.save_file(plain, mime_of(plain, mime), content))


def save_photo(world: World, content: bytes) -> list[Json]:
    """Keep an uploaded picture: Bot API PhotoSizes, the smallest first.

    Raises: `Refusal` (400) for what is no picture, or too large in bytes or sides.
    """
    from PIL import Image, UnidentifiedImageError

    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > MAX_PHOTO_BYTES:
        raise bad_request("file is too big")
    try:
        with Image.open(io.BytesIO(content)) as opened:
            mime = Image.MIME.get(opened.format or "", "")
            width, height = opened.size
            if (
                width + height > _MAX_SIDES
                or max(width, height) > _MAX_RATIO * min(width, height)
                or mime not in PICTURES
            ):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    sizes = []
    for edge in _EDGES:
        if max(picture.size) > edge:
            small = picture.copy()
            small.thumbnail((edge, edge))
            packed = io.BytesIO()
            small.save(packed, "JPEG", quality=85)
            stored = world.save_file(f"photo_{edge}.jpg", "image/jpeg", packed.getvalue())
            sizes.append(file_json(stored) | {"width": small.width, "height": small.height})
    whole = world.save_file("photo" + (mimetypes.guess_extension(mime) or ""), mime, content)
    return [*sizes, file_json(whole) | {"width": width, "height": height}]


def file_json(stored: StoredFile) -> Json:
    """What every kind of file says of itself."""
    return {
        "file_id": stored.file_id,
        "file_unique_id": hashlib.sha256(stored.content).hexdigest()[:16],
        "file_size": len(stored.content),
    }


def file_path(stored: StoredFile) -> str:
    """Where getFile says that a file lies, below the bot's file address."""
    folder = "photos" if stored.mime in PICTURES else "documents"
    return f"{folder}/{stored.file_id}{PurePath(stored.name).suffix}"


def id_in_path(path: str) -> str:
    """The file id in an address that `file_path` made."""
    return PurePath(path).name.partition(".")[0]

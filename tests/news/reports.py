"""Invented reports of invented outlets, as articles without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from news.identify import content_hash
from news.model import Article, Outlet

NOON = datetime(2022, 2, 18, 12, tzinfo=UTC)  # a Friday
POST = Outlet(name="Harbour Post", host="harbour.example", country="NO", ownership="private")
WIRE = Outlet(name="Northern Wire", host="wire.example", country="CH", ownership="agency")
RADIO = Outlet(name="Coast Radio", host="radio.example", country="DE", ownership="public")
STATE = Outlet(name="Lund Courier", host="lund.example", country="LT", ownership="state")
SISTER = Outlet(name="Lund Today", host="today.example", country="LT", ownership="state")


def article(number: int, outlet: Outlet, text: str, **more: object) -> Article:
    """An article, published so many hours after noon as its number says."""
    at = NOON + timedelta(hours=number)
    fields: dict[str, object] = {
        "id": f"{number:012x}",
        "number": number,
        "url": f"https://{outlet.host}/{number}",
        "title": "",
        "text": text,
        "outlet": outlet,
        "language": "en",
        "author": None,
        "published_at": at,
        "fetched_at": at + timedelta(minutes=1),
        "content_hash": content_hash("", text),
    }
    return Article(**{**fields, **more})  # type: ignore[arg-type]

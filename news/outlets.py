"""Which outlet a link belongs to, by its host. The list is data: `config/sources.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from news.model import Outlet

UNKNOWN = Outlet(name="", host="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed of the list that ships, and whether its link was confirmed."""

    url: str
    outlet: Outlet
    confirmed: bool = False


def host_of(url: str) -> str:
    """Give the host of a link in lower case; "" where it names none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


class Outlets:
    """Finds outlets by host; subdomains belong to the longest listed host they end in."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self._by_host = {outlet.host.lower(): outlet for outlet in outlets}

    def of(self, url: str | None, *, name: str | None = None) -> Outlet:
        """Give the outlet of a link; an unlisted host is an outlet of its own name.

        `name` is what the text itself says of its outlet, used where no list knows better.
        """
        host = host_of(url) if url else ""
        labels = host.split(".")
        for start in range(len(labels)):
            found = self._by_host.get(".".join(labels[start:]))
            if found:
                return found
        if name:
            for outlet in self._by_host.values():
                if outlet.name.casefold() == name.casefold():
                    return outlet
        plain = host.removeprefix("www.")
        return Outlet(name=name or plain, host=plain) if (name or plain) else UNKNOWN

"""Which machines may be dialled: public ones, checked after the name is resolved.

A connection goes to the very address that was checked, so a name that answers differently
the second time gains nothing. Knows no HTTP.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], list[str]]
"""Host name and port to textual addresses; raises OSError when there is none."""

# Cloud platforms answer secrets here although the number counts as public.
_PLATFORM_ADDRESSES = frozenset({ip_address("168.63.129.16")})
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


class RefusedAddress(OSError):
    """The name leads to a machine that is not on the public internet."""


class NameNotFound(OSError):
    """The name has no address."""


class TookTooLong(OSError):
    """The deadline passed."""


def system_resolve(host: str, port: int) -> list[str]:
    """Ask the operating system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """False for private, loopback, link-local, metadata, multicast and other special addresses.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as that IPv4 address.
    """
    inner = _embedded(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, IPv6Address) and address.teredo is not None:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and address not in _PLATFORM_ADDRESSES
    )


def _embedded(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in ip_network("::/96") and int(address) > 1:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class Deadline:
    """When the request that is under way has to end: a `time.monotonic()` reading.

    A kept connection serves one request after another, each with its own time.
    """

    def __init__(self, at: float) -> None:
        self.at = at

    def left(self) -> float:
        """Seconds that remain. Raises TookTooLong when there are none."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TookTooLong("the time is up")
        return seconds


class PinnedBackend(httpcore.NetworkBackend):
    """Opens connections to checked addresses only, all of them over by one deadline.

    Used by one thread at a time.
    Raises RefusedAddress, NameNotFound, TookTooLong, and httpcore's own errors.
    """

    def __init__(
        self, *, deadline: Deadline, allowed: Iterable[Network] | None, resolve: Resolve
    ) -> None:
        self._deadline = deadline
        self._allowed = None if allowed is None else tuple(allowed)
        self._resolve = resolve
        self._dial = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, check every address, dial in turn until one answers."""
        found = self._addresses(host, port)
        public = [address for address in found if self._may_dial(address)]
        if not public:
            told = host if host == str(found[0]) else f"{host} leads to {found[0]}, which"
            raise RefusedAddress(f"{told} is not a public address")
        failure: Exception | None = None
        for number, address in enumerate(public):
            share = self._deadline.left() / (len(public) - number)
            try:
                stream = self._dial.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure or NameNotFound(host)

    def sleep(self, seconds: float) -> None:
        """Wait between attempts, not past the deadline."""
        time.sleep(min(seconds, self._deadline.left()))

    def _may_dial(self, address: Address) -> bool:
        if self._allowed is None or is_public(address):
            return True
        return any(address in network for network in self._allowed)

    def _addresses(self, host: str, port: int) -> list[Address]:
        """The system resolver knows no time limit, so it runs where it can be left behind."""
        answer: list[list[str]] = []
        failure: list[OSError] = []

        def ask() -> None:
            try:
                answer.append(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                failure.append(NameNotFound(str(error)))

        thread = threading.Thread(target=ask, name="resolve", daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        if failure:
            raise failure[0]
        if not answer:
            raise TookTooLong(f"looking up {host}")
        if not answer[0]:
            raise NameNotFound(host)
        return [ip_address(text.partition("%")[0]) for text in answer[0]]


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the deadline.

    A per-read timeout alone never ends a stream of one byte a second.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _DeadlineStream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

"""Which machines may be dialled."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from news.addresses import is_public


@pytest.mark.parametrize(
    "text",
    [
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "172.16.0.1",
        "192.168.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:1::1",
    ],
)
def test_special_addresses_are_not_public(text: str) -> None:
    """Private, loopback, metadata, multicast, and IPv4 ones dressed as IPv6."""
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_ordinary_addresses_are_public(text: str) -> None:
    """The guard lets the web through."""
    assert is_public(ip_address(text))

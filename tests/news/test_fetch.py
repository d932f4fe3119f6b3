"""Fetching against real servers on loopback."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from email.utils import formatdate
from pathlib import Path

import pytest
from expired import expired_certificate
from hypothesis import given
from hypothesis import strategies as st

from news.fetch import Fetched, Fetcher, FetchFailed, NotModified
from news.outcome import max_age, retry_after

AGENT = "geobrief-test"
pytest_plugins = ["loopback_site"]

Site = tuple[str, list[dict[str, str]]]


def failed(answer: Fetched | NotModified | FetchFailed) -> FetchFailed:
    """The answer, which must be a failure of one line."""
    assert isinstance(answer, FetchFailed), answer
    assert "\n" not in answer.reason
    assert answer.reason
    return answer


def test_a_page_comes_with_what_the_next_request_needs(web: Site, fetcher: Fetcher) -> None:
    """Body, type, charset, etag and date are handed over; the agent is named."""
    base, seen = web
    page = fetcher.fetch(f"{base}/page#part")
    assert isinstance(page, Fetched)
    assert page.body.decode() == "<p>Späte Nachricht</p>"
    assert (page.content_type, page.charset, page.etag) == ("text/html", "utf-8", '"v1"')
    assert page.last_modified == "Mon, 03 Jan 2022 10:00:00 GMT"
    assert (page.url, page.permanent_redirect_to) == (f"{base}/page", None)
    assert (seen[0]["path"], seen[0]["user-agent"]) == ("/page", AGENT)


def test_an_unchanged_page_is_not_sent_again(web: Site, fetcher: Fetcher) -> None:
    """A 304 is a value of its own."""
    base, seen = web
    date = "Mon, 03 Jan 2022 10:00:00 GMT"
    answer = fetcher.fetch(f"{base}/conditional", etag='"v1"', last_modified=date)
    assert isinstance(answer, NotModified)
    assert seen[0]["if-modified-since"] == date


def test_permanent_redirects_are_told_only_when_all_were(web: Site, fetcher: Fetcher) -> None:
    """A temporary step in the chain keeps the old address."""
    base, _ = web
    moved = fetcher.fetch(f"{base}/redirect?status=308&to=/redirect%3Fstatus%3D301%26to%3D/page")
    partly = fetcher.fetch(f"{base}/redirect?status=301&to=/redirect%3Fstatus%3D302%26to%3D/page")
    assert isinstance(moved, Fetched)
    assert isinstance(partly, Fetched)
    assert moved.permanent_redirect_to == moved.url == f"{base}/page"
    assert partly.permanent_redirect_to is None
    assert partly.url == f"{base}/page"


def test_a_redirect_loop_ends(web: Site, fetcher: Fetcher) -> None:
    """The number of redirects is capped."""
    base, seen = web
    assert "redirect" in failed(fetcher.fetch(f"{base}/loop")).reason
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("code", "permanent"), [(400, True), (403, False), (404, True), (410, True), (451, True)]
)
def test_refusals_say_whether_they_last(
    web: Site, fetcher: Fetcher, code: int, permanent: bool
) -> None:
    """The status is kept, and whether asking again makes sense."""
    answer = failed(fetcher.fetch(f"{web[0]}/status?code={code}"))
    assert (answer.status, answer.permanent) == (code, permanent)
    assert str(code) in answer.reason
    assert not answer.unreachable


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_site_says_when_to_come_back(web: Site, fetcher: Fetcher, code: int) -> None:
    """Retry-After in seconds is handed to the caller; such failures pass."""
    answer = failed(fetcher.fetch(f"{web[0]}/status?code={code}&after=120"))
    assert (answer.permanent, answer.retry_after) == (False, timedelta(seconds=120))


def test_retry_after_as_a_date_counts_from_the_answers_own_clock() -> None:
    """A wrong clock at the site does not matter; nonsense and the past do no harm."""
    at = formatdate(1_000_000_000, usegmt=True)
    later = formatdate(1_000_000_090, usegmt=True)
    assert retry_after(later, at) == timedelta(seconds=90)
    assert retry_after(at, later) == timedelta(0)
    assert retry_after("soon", None) is None
    assert retry_after(None, None) is None
    assert retry_after("9" * 40, None) == timedelta(days=7)


def test_compressed_bodies_are_unpacked(web: Site, fetcher: Fetcher) -> None:
    """Gzip and the headerless deflate of old servers."""
    packed = fetcher.fetch(f"{web[0]}/gzip")
    raw = fetcher.fetch(f"{web[0]}/rawdeflate")
    assert isinstance(packed, Fetched)
    assert isinstance(raw, Fetched)
    assert (packed.body, raw.body) == (b"hello " * 50, b"hello")


def test_broken_or_unasked_compression_is_one_clear_line(web: Site, fetcher: Fetcher) -> None:
    """It never becomes an article of rubbish."""
    assert "compression" in failed(fetcher.fetch(f"{web[0]}/badgzip")).reason
    assert "br" in failed(fetcher.fetch(f"{web[0]}/brotli")).reason


def test_a_gzip_bomb_ends_at_the_cap(web: Site, fetcher: Fetcher) -> None:
    """What counts is the unpacked size."""
    answer = failed(fetcher.fetch(f"{web[0]}/bomb", max_bytes=1 << 20))
    assert "1 MB" in answer.reason
    assert answer.permanent


def test_a_large_body_ends_at_the_cap(web: Site, fetcher: Fetcher) -> None:
    """Announced or not, and the caller's own cap counts."""
    assert "limit" in failed(fetcher.fetch(f"{web[0]}/large", max_bytes=200_000)).reason
    whole = fetcher.fetch(f"{web[0]}/large", max_bytes=3_000_000)
    assert isinstance(whole, Fetched)
    assert len(whole.body) == 3_000_000


@pytest.mark.parametrize("path", ["drip", "dripheaders"])
def test_an_endless_trickle_ends_at_the_deadline(web: Site, path: str) -> None:
    """Time is counted over the whole request, not from byte to byte."""
    with Fetcher(AGENT, allow_private=True, timeout=timedelta(seconds=0.6)) as hasty:
        answer = failed(hasty.fetch(f"{web[0]}/{path}"))
    assert "0.6 seconds" in answer.reason
    assert not answer.permanent


def test_a_name_lookup_that_hangs_ends_at_the_deadline() -> None:
    """The system resolver has no time limit of its own."""
    release = threading.Event()

    def stuck(host: str, port: int) -> list[str]:
        release.wait(20)
        return []

    with Fetcher(AGENT, timeout=timedelta(seconds=0.3), resolve=stuck) as hasty:
        answer = failed(hasty.fetch("http://slow.example/"))
    release.set()
    assert "0.3 seconds" in answer.reason


def test_an_unknown_name_looks_like_no_network(lonely: Fetcher) -> None:
    """The caller must be able to tell "nothing can be reached" from "this site is broken"."""
    answer = failed(lonely.fetch("https://news.example/feed"))
    assert answer.unreachable
    assert not answer.permanent


def test_a_refused_connection_is_unreachable(fetcher: Fetcher) -> None:
    """Nobody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = failed(fetcher.fetch(f"http://127.0.0.1:{port}/"))
    assert answer.unreachable
    assert "refused" in answer.reason


def serve_once(reply: Callable[[socket.socket], None]) -> int:
    """The port of a server that handles one connection by `reply`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with listener:
            connection, _ = listener.accept()
            with connection:
                reply(connection)

    threading.Thread(target=run, daemon=True).start()
    return int(listener.getsockname()[1])


def test_an_answer_that_is_no_http_is_one_line(fetcher: Fetcher) -> None:
    """A mail server on the port does not raise."""
    port = serve_once(lambda connection: connection.sendall(b"220 mail ready\r\n\r\n"))
    assert failed(fetcher.fetch(f"http://127.0.0.1:{port}/")).reason


def test_a_connection_that_breaks_off_is_one_line(fetcher: Fetcher) -> None:
    """Half a body is no body."""

    def half(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    assert not failed(fetcher.fetch(f"http://127.0.0.1:{serve_once(half)}/")).permanent


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_bad_certificate_is_told_as_such(tmp_path: Path, fetcher: Fetcher) -> None:
    """The user learns that the certificate is at fault; nothing is read."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    files = f"-keyout {key} -out {certificate}"
    subprocess.run(
        ("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 " + files).split(),
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def greet(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True):
            pass

    answer = failed(fetcher.fetch(f"https://127.0.0.1:{serve_once(greet)}/"))
    assert "certificate" in answer.reason
    assert not answer.unreachable


def test_a_site_that_speaks_no_tls_is_one_line(fetcher: Fetcher) -> None:
    """An https link to a plain server is told clearly."""
    port = serve_once(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n"))
    assert "secure" in failed(fetcher.fetch(f"https://127.0.0.1:{port}/")).reason


def test_many_threads_share_one_fetcher(web: Site, fetcher: Fetcher) -> None:
    """No request sees another's answer."""
    base, _ = web
    found: dict[int, int | None] = {}

    def ask(code: int) -> None:
        found[code] = failed(fetcher.fetch(f"{base}/status?code={code}")).status

    threads = [threading.Thread(target=ask, args=(code,)) for code in range(400, 418)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {code: code for code in range(400, 418)}


def test_a_closed_fetcher_says_so(web: Site) -> None:
    """Using it after `close` is a mistake of ours, not of the network."""
    fetcher = Fetcher(AGENT, allow_private=True)
    fetcher.close()
    with pytest.raises(RuntimeError):
        fetcher.fetch(web[0])


@given(text=st.text(max_size=60))
def test_any_text_as_a_link_is_a_value(lonely: Fetcher, text: str) -> None:
    """Whatever a user types, fetching it does not raise."""
    for url in (text, f"http://{text}", f"https://news.example/{text}"):
        assert isinstance(lonely.fetch(url), FetchFailed)


def test_three_hundred_redirects_end_at_the_fifth(web: Site, fetcher: Fetcher) -> None:
    """A chain that does not repeat itself ends all the same."""
    base, seen = web
    assert "redirects" in failed(fetcher.fetch(f"{base}/many?left=300")).reason
    assert len(seen) == 6
    assert isinstance(fetcher.fetch(f"{base}/many?left=4"), Fetched)


def test_two_gigabytes_are_refused_unread(web: Site, fetcher: Fetcher) -> None:
    """The announced size is enough to say no, and the host is free for the next request."""
    base, _ = web
    assert "limit" in failed(fetcher.fetch(f"{base}/huge")).reason
    assert isinstance(fetcher.fetch(f"{base}/page"), Fetched)


def test_a_kept_connection_serves_the_next_request(web: Site, fetcher: Fetcher) -> None:
    """Two requests of one host come from one port; one that was closed meanwhile is renewed."""
    base, seen = web
    for _ in range(3):
        assert isinstance(fetcher.fetch(f"{base}/page"), Fetched)
    assert len({request["port"] for request in seen}) == 1
    assert failed(fetcher.fetch(f"{base}/large", max_bytes=1000)).reason
    assert isinstance(fetcher.fetch(f"{base}/page"), Fetched)


def test_freshness_is_handed_over() -> None:
    """Cache-Control max-age in any spelling; what must not be kept has none; a week at most."""
    assert max_age("public, Max-Age=600") == timedelta(minutes=10)
    assert max_age('max-age="60"') == timedelta(minutes=1)
    assert max_age("max-age=31536000") == timedelta(days=7)
    for told in (None, "", "no-cache, max-age=600", "max-age=-1", "max-age=soon", "s-maxage=60"):
        assert max_age(told) is None


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "168.63.129.16"]
)
def test_a_name_of_an_inner_machine_is_refused(address: str) -> None:
    """Whatever the name, loopback and metadata addresses are not dialled."""
    with Fetcher(AGENT, resolve=lambda host, port: [address]) as careful:
        assert "not a public address" in failed(careful.fetch("http://news.example/feed")).reason


def test_an_expired_certificate_is_told_as_such(tmp_path: Path, fetcher: Fetcher) -> None:
    """Trusted but too old: the line names the age, nothing is read."""
    file = expired_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    fetcher._tls.load_verify_locations(file)

    def greet(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True):
            pass

    answer = failed(fetcher.fetch(f"https://localhost:{serve_once(greet)}/"))
    assert "certificate has expired" in answer.reason

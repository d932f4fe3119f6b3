"""Plain text: bytes decoded, HTML flattened, characters tidied. Decides nothing about content."""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from news.language import sureness

if TYPE_CHECKING:
    from lxml.etree import _Element

_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "form",
        "button",
        "select",
        "textarea",
        "svg",
        "canvas",
        "audio",
        "video",
        "head",
        "nav",
        "figure",
        "aside",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_INLINE = frozenset(
    ["a", "b", "cite", "code", "em", "font", "i", "img", "q", "s", "span", "strong", "u"]
)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_HTML_TAG = re.compile(
    rf"<(/?)(?:{'|'.join(sorted(_DROPPED | _BLOCKS | _INLINE))})(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_TAGGED, _MOST_TAGS = 3, 100
"""So many tags make a text a piece of HTML; a text about HTML may name one."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Browsers read these labels as the wider Windows page, and so do authors.
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
# All but letters, marks and signs that stay: Latin, Greek, Cyrillic, Arabic, Han, kana, Hangul.
_UNUSUAL = re.compile(
    "[^\n -~\u00a1-\u00ac\u00ae-\u0377\u0400-\u052f\u0620-\u06dc\u2010-\u2027\u2030-\u205e"
    "\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]+"
)
_SAMPLE = 200_000
_ODD = re.compile(r"[^<>\n.]{0,30}[^\x00-\x7f][^<>\n.]{0,30}")
_UNSEEN = frozenset("\u00ad\u180e\u200b\u200e\u200f\u2060\ufeff\ufffc\ufffd")


def decode(body: bytes, content_type: str | None = None, *, markup: bool = False) -> str:
    """Text by byte order mark, UTF-8, HTTP header, the page's own word (`markup`), or a guess.

    UTF-8 comes before the labels: text of another encoding is never valid UTF-8 by accident.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    named = _CHARSET.search(content_type or "")
    own = _DECLARED.search(body[:4096]) if markup else None
    labels = ["utf-8", named[1] if named else "", own[1].decode("ascii", "replace") if own else ""]
    for label in filter(None, labels):
        try:
            name = codecs.lookup(label).name
            return body.decode(_WIDER.get(name, name))
        except (LookupError, ValueError):
            continue
    return guessed(body)


def guessed(body: bytes) -> str:
    """The text of bytes that no label fits.

    The library takes most of Western Europe's single bytes for Central Europe's: its guess
    stands only where it reads more like some language than windows-1252 does.
    """
    from charset_normalizer import from_bytes

    guess = from_bytes(body[:_SAMPLE]).best()
    text = body.decode(guess.encoding if guess else "utf-8", "replace")
    western = body.decode("cp1252", "replace")
    return text if sureness(_telling(text)) > sureness(_telling(western)) else western


def _telling(text: str) -> str:
    """The words in which the encoding makes a difference, each with those beside it."""
    return " ".join(_ODD.findall(text[:_SAMPLE]))


def html_to_text(fragment: str) -> str:
    """The words of a piece of HTML, such as a feed entry's content; paragraphs by blank lines."""
    from lxml import etree
    from lxml import html as lxml_html

    if not _TAG.search(fragment):
        return tidy(html.unescape(fragment))
    try:
        root = lxml_html.document_fromstring(f"<div>{_legal(fragment)}</div>")
    except (ValueError, etree.LxmlError):
        return tidy(html.unescape(_TAG.sub("\n\n", fragment)))
    return tidy("".join(_pieces(root)))


def is_html(text: str) -> bool:
    """Whether a text is a piece of HTML, pasted or saved as plain text."""
    tags = [found[1] for found in islice(_HTML_TAG.finditer(text), _MOST_TAGS)]
    return len(tags) >= _TAGGED and any(tags)


def markdown_to_text(text: str) -> str:
    """The words of a text with Markdown's marks; paragraphs by blank lines."""
    from markdown_it import MarkdownIt

    return html_to_text(MarkdownIt().render(text))


def _pieces(root: _Element) -> list[str]:
    """Text in document order, a blank line around every block; without recursion."""
    out: list[str] = []
    hidden = 0
    from lxml import etree

    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            out.append(node.tail or "" if not hidden else "")
            continue
        name = node.tag.lower() if isinstance(node.tag, str) else ""
        if event == "start":
            hidden += name in _DROPPED
            text = node.text
        else:
            hidden -= name in _DROPPED
            text = node.tail if node is not root else None
        if name in _BLOCKS and not hidden:
            out.append("\n\n")
        if text and not hidden:
            out.append(re.sub(r"\s+", " ", text))
    return out


def tidy(text: str) -> str:
    """NFC, no control or invisible characters, single spaces, paragraphs by one blank line."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _legal(text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line)


def _legal(text: str) -> str:
    """Without what no reader sees and lxml refuses to read."""
    return _UNUSUAL.sub(lambda found: "".join(map(_seen, found[0])), text)


def _seen(char: str) -> str:
    if char == "\n" or " " <= char <= "~":
        return char
    if char in _UNSEEN:
        return ""
    kind = unicodedata.category(char)
    if kind == "Cc":
        return " " if char in "\t\v\f\x85" else ""
    if kind in ("Zl", "Zp"):
        return "\n"
    # joiners stay: Persian and Indian scripts are misspelt without them
    if kind == "Cf":
        return char if char in "\u200c\u200d" else ""
    return "" if kind in ("Cs", "Co", "Cn") else char

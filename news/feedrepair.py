"""Feeds that are almost well-formed, made so: what the fast parser can then read whole.

Encodings, entities, stray bytes, markup in titles, relative links. Changes no words. Knows
no items; entity declarations are never expanded.
"""

from __future__ import annotations

import html
import re
from html.entities import html5
from urllib.parse import urljoin

from lxml import etree

_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,400}\?>", re.IGNORECASE)
# what XML forbids; NUL bytes above all
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:#(?:x[0-9a-fA-F]{1,6}|[0-9]{1,7});|([A-Za-z][A-Za-z0-9]{1,31});)?")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENDS = ("</rss>", "</feed>", "</rdf:RDF>", "</rdf:rdf>")
_FIELDS = ("{*}title", "{*}description", "{*}summary", "{*}link", "{*}content")
_DATES = frozenset({"pubdate", "date", "published", "issued", "updated", "modified", "created"})
NO_DATE = "1900-01-01T00:00:00Z"
"""Stands where an entry has no date: of its other numbers the fast parser would make one."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d|\b\d{1,2}[ -][^\W\d]{3,}[ -]\d\d\b", re.ASCII)
# Cut off at the end: what came before is whole.
_CUT_OFF = frozenset({"ERR_TAG_NOT_FINISHED", "ERR_GT_REQUIRED", "ERR_LT_REQUIRED"})


def well_formed(body: bytes, url: str) -> etree._Element | None:
    """The document's root, or None when it is not well-formed XML or declares entities."""
    if b"<!DOCTYPE" in body[:8192]:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, strip_cdata=False
    )
    try:
        return etree.fromstring(body, parser, base_url=_ascii(url))
    except (etree.XMLSyntaxError, ValueError):
        return None


def repaired_root(text: str, url: str) -> etree._Element | None:
    """The root of a feed with the common faults undone; None when others remain."""
    text = _DECLARATION.sub("", _DOCTYPE.sub("", text, count=1), count=1).lstrip("\ufeff \t\r\n")
    end = max((text.rfind(tag) + len(tag) for tag in _ENDS if tag in text), default=len(text))
    text = _FORBIDDEN.sub("", text[:end])
    parts = _CDATA.split(text)
    parts[::2] = [_AMPERSAND.sub(_entity, part) for part in parts[::2]]
    body = "".join(parts).encode("utf-8", "replace")
    root = well_formed(body, url)
    return root if root is not None else _cut_off(body, url)


def serialised(root: etree._Element) -> bytes:
    """The document as the fast parser takes it whole: links absolute, no markup in fields.

    Entries without a date, or with one that names no year, get NO_DATE.
    """
    for field in list(root.iter(*_FIELDS)):
        if etree.QName(field).localname == "link":
            _plain_link(field)
        elif len(field) and field.get("type") != "xhtml":
            _flatten(field)
    for entry in _entries(root):
        dates = _dates(entry)
        if not dates:
            name = etree.QName(entry)
            tag = "pubDate" if name.localname == "item" else "published"
            etree.SubElement(entry, etree.QName(name.namespace, tag)).text = NO_DATE
        for date in dates:
            if _is_guess(date):
                date.text = NO_DATE
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def needs_work(root: etree._Element, body: bytes) -> bool:
    """Whether the fast parser would lose something of a well-formed feed."""
    if b"xml:base" in body:
        return True
    for field in root.iter(*_FIELDS):
        name = etree.QName(field).localname
        if len(field) and field.get("type") != "xhtml" and name != "content":
            return True
        if name == "link" and (_is_atoms(field) or (_text_of(field) and field.get("rel"))):
            return True
    for entry in _entries(root):
        dates = _dates(entry)
        if not dates or any(_is_guess(date) for date in dates):
            return True
    return False


def names_dates(root: etree._Element) -> bool:
    """Whether any entry has a date that names its year."""
    return any(not _is_guess(date) for entry in _entries(root) for date in _dates(entry))


def _entries(root: etree._Element) -> list[etree._Element]:
    return list(root.iter("{*}item", "{*}entry"))


def _dates(entry: etree._Element) -> list[etree._Element]:
    return [
        child
        for child in entry
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2].lower() in _DATES
    ]


def _is_guess(date: etree._Element) -> bool:
    """Whether a date names no year of ours: the fast parser would make one up from today's."""
    return not _YEAR.search(date.text or "")


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return match[0] if len(match[0]) > 1 and _is_char(match[0]) else "&amp;" + match[0][1:]
    if name in _XML_ENTITIES:
        return match[0]
    chars = html5.get(f"{name};")
    if chars is None:
        return "&amp;" + match[0][1:]
    return "".join(f"&#{ord(char)};" for char in chars)


def _is_char(reference: str) -> bool:
    """Whether a numeric reference names a character that XML allows."""
    number = reference[2:-1]
    code = int(number[1:], 16) if number[:1] in "xX" else int(number)
    if code in (9, 10, 13):
        return True
    return 32 <= code < 0x110000 and not 0xD800 <= code < 0xE000 and code not in (0xFFFE, 0xFFFF)


def _cut_off(body: bytes, url: str) -> etree._Element | None:
    """A feed whose end is missing, its last entry left out."""
    end = max(body.rfind(tag) + len(tag) for tag in (b"</item>", b"</entry>"))
    if end < 10:
        return None
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body[:end], parser, base_url=_ascii(url))
    except (etree.XMLSyntaxError, ValueError):
        return None
    faults = {fault.type_name for fault in parser.error_log}
    return root if root is not None and faults <= _CUT_OFF else None


def _plain_link(link: etree._Element) -> None:
    """Make the link absolute (xml:base counts); Atom 0.3 wrote some as text."""
    base, text = link.base or "", _text_of(link)
    address = (link.get("href") or "").strip()
    parent = link.getparent()
    if parent is not None and _is_atoms(link):
        if link.get("rel", "alternate") == "alternate":
            link.text = _joined(base, address)
        else:
            parent.remove(link)
    elif not address and text and link.get("rel"):
        link.set("href", urljoin(base, text))
    elif address and base:
        link.set("href", _joined(base, address))
    elif text and base and len(link) == 0:
        link.text = _joined(base, text)


def _is_atoms(link: etree._Element) -> bool:
    """Whether an RSS item's link is written as Atom's are, in an attribute."""
    parent = link.getparent()
    inside = link.tag == "link" and parent is not None and parent.tag == "item"
    return inside and bool(link.get("href")) and not _text_of(link)


def _text_of(field: etree._Element) -> str:
    return (field.text or "").strip()


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _flatten(field: etree._Element) -> None:
    """Turn markup inside a field into text that says the same."""
    parts = [html.escape(field.text or "", quote=False)]
    for child in list(field):
        etree.cleanup_namespaces(child)
        parts.append(etree.tostring(child, encoding="unicode"))
        field.remove(child)
    field.text = "".join(parts)


def _ascii(url: str) -> str | None:
    return url if url.isascii() else None

"""What a page says about itself: titles, dates, author, links. Reads markup, not the text.

The title is the visible heading where the page's other titles speak of the same, and what most
of them agree on where they do not. Dates in links are not believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from news.entries import language_code, plain_line, web_link

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SKEW = timedelta(hours=1)
# Letters from which one title can be known in another, and the words two must share.
_LONG = 15
_SAME_STORY = 0.5
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
)
_LAST_RESORT = ("dc.date.issued", "dcterms.created", "dc.date", "date")
_AUTHOR = ("author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator")
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
# Languages of pages whose 3/4/2022 may be the fourth of March.
_UNSURE = frozenset(("", "en", "en-us", "en-ph", "en-ca", "x-default"))
_DESCRIPTION = ("og:description", "description", "twitter:description")
_DATELESS = ("style", "noscript", "svg", "template", "iframe", "select")
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review)$")
_PUBLISHED_NAME = re.compile(r"publi\w*[-_.:]?(?:time|date)|date[-_.]?publi|pub-?date|pubdate")
_SEPARATOR = re.compile(r"\s+[|–—·•»:-]+\s+|\s*\|\s*|\s+::\s+")
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything but the text; `free` is False where the page says that readers pay."""

    title: str | None
    author: str | None
    language: str | None
    published_at: datetime | None
    modified_at: datetime | None
    canonical_url: str | None
    site_name: str | None
    image_url: str | None
    descriptions: tuple[str, ...]
    article_body: str
    free: bool | None


def read_facts(tree: HtmlElement, *, url: str | None, now: datetime) -> Facts:
    """From a parsed page; `now` bounds its dates, which are aware UTC."""
    meta = _meta(tree)
    article, body = _article_data(tree)
    site = _first(
        meta.get("og:site_name"), _name(article.get("publisher")), meta.get("application-name")
    )
    published, modified = _dates(tree, meta, article, now)
    return Facts(
        title=_title(tree, meta, article, site, url),
        author=_authors(article.get("author")) or _first(*(_person(meta.get(n)) for n in _AUTHOR)),
        language=language_code(
            tree.get("lang") or meta.get("og:locale") or article.get("inLanguage")
        ),
        published_at=published,
        modified_at=modified,
        canonical_url=_canonical(tree, meta, url),
        site_name=site,
        image_url=web_link(meta.get("og:image") or meta.get("twitter:image"), url or ""),
        descriptions=_descriptions(meta, article),
        article_body=body,
        free=_free(article, meta),
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Name, property or itemprop to content; the first of each counts."""
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop")
        content = (node.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _descriptions(meta: Mapping[str, str], article: Mapping[str, Any]) -> tuple[str, ...]:
    """What the page says of itself in a sentence or two, each wording once."""
    told = [*(meta.get(name) for name in _DESCRIPTION), article.get("description")]
    lines = (plain_line(text) for text in told if isinstance(text, str))
    return tuple(dict.fromkeys(filter(None, lines)))


def _article_data(tree: HtmlElement) -> tuple[Mapping[str, Any], str]:
    """The JSON-LD object that describes the article, the one that says most; and its text."""
    best: Mapping[str, Any] = {}
    bodies = [""]
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            data = json.loads(script.text.strip().removesuffix(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _objects(data):
            if isinstance(node.get("articleBody"), str):
                bodies.append(node["articleBody"])
            kinds = node.get("@type")
            named = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in named):
                best = max(best, node, key=len)
    return best, str(best.get("articleBody") or max(bodies, key=len))


def _objects(data: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for each in data:
            yield from _objects(each, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            yield from _objects(data.get(key), depth + 1)


def _title(
    tree: HtmlElement,
    meta: Mapping[str, str],
    article: Mapping[str, Any],
    site: str | None,
    url: str | None,
) -> str | None:
    host = _host(url)
    names = {_bare(site or ""), _bare(host), _bare(host.rpartition(".")[0])}
    label = max(host.split(".")[:-1] or [""], key=len)

    def bared(raw: list[Any]) -> list[str]:
        lines = [_without_site(plain_line(text), names, label) for text in raw]
        return [line for line in lines if line and _bare(line) not in names]

    node = tree.find(".//title")
    shown = bared([" ".join(map(str, head.itertext())) for head in tree.iter("h1")][:20])
    told = bared([article.get("headline"), meta.get("og:title"), meta.get("twitter:title")])
    page = bared(["" if node is None else " ".join(map(str, node.itertext()))])
    best = _agreed(shown, told, page)
    return None if best is None else _without_kicker(best, told)[:300]


def _agreed(shown: list[str], told: list[str], page: list[str]) -> str | None:
    """The heading that the page's own titles are about, else what most lines agree on."""
    about = {line: [_most(line, told), _most(line, told + page)] for line in shown}
    heading = max(shown, key=lambda line: about[line], default=None)
    if heading is not None and about[heading][1] >= _SAME_STORY:
        # a subtitle inside the heading is not in the page's other titles
        whole = (line for line in told if line in page and heading.startswith(line))
        return max(whole, key=len, default=heading)
    lines = [*told[:1], *shown[:3], *told[1:]]
    if not lines:
        return _without_tail(page[0]) if page else None
    votes = {line: sum(_agree(line, other) for other in lines + page) for line in lines}
    # the first of the most agreed: lines stand in the order of trust
    best = max(lines, key=lambda line: votes[line])
    return best if votes[best] > 1 else _without_tail(best)


def _most(line: str, others: list[str]) -> float:
    return max((_shared(line, other) for other in others), default=0.0)


def _shared(one: str, other: str) -> float:
    """The share of words that two titles have in common, of the shorter; 0 for short ones."""
    a, b = set(_bare(one).split()), set(_bare(other).split())
    if len(a & b) < 2:
        return float(a == b and bool(a))
    # a heading that is only the page title's end is the site's name
    if _bare(other).endswith(_bare(one)) and len(b) > 2 * len(a):
        return 0.0
    return len(a & b) / min(len(a), len(b))


def _without_kicker(title: str, told: list[str]) -> str:
    """Without the words over a headline, where another title of the page goes without them."""
    ends = [
        line
        for line in told
        if len(_bare(line)) >= _LONG
        and _bare(title).endswith(" " + _bare(line))
        and 2 * len(line) > len(title)
    ]
    return min(ends, key=len, default=title)


def _without_site(title: str, names: set[str], label: str) -> str:
    """The title without the site's name at its end or beginning; `label` is its host's word."""
    parts = list(_SEPARATOR.finditer(title))
    for match in reversed(parts):
        end = _bare(title[match.end() :])
        hosts = len(label) > 3 and label in end.replace(" ", "") and len(end.split()) <= 5
        if hosts or end in names - {""}:
            return _without_site(title[: match.start()], names, label)
    for match in parts[:1]:
        if _bare(title[: match.start()]) in names - {""}:
            return title[match.end() :]
    return title


def _without_tail(title: str) -> str:
    """Of a title that stands alone: without what follows the last bar, most often the site."""
    front, bar, _ = title.rpartition(" | ")
    return front if bar and len(front.split()) >= 3 else title


def _agree(one: str, other: str) -> bool:
    """The same words, or the one is the other with something added at an end."""
    a, b = _bare(one), _bare(other)
    shorter, longer = sorted((a, b), key=len)
    return a == b or (
        len(shorter) >= _LONG and (longer.startswith(shorter) or longer.endswith(shorter))
    )


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _dates(
    tree: HtmlElement, meta: Mapping[str, str], article: Mapping[str, Any], now: datetime
) -> tuple[datetime | None, datetime | None]:
    day_first = (tree.get("lang") or "").replace("_", "-").lower() not in _UNSURE
    named = [name for name in meta if _PUBLISHED_NAME.search(name) and name not in _PUBLISHED]
    stated = [article.get("datePublished"), *(meta.get(name) for name in (*_PUBLISHED, *named))]
    later = [_shown_day(tree), *(meta.get(name) for name in _LAST_RESORT)]
    declared = [_moment(value, day_first=day_first) for value in (*stated, *later)]
    changed = [_moment(article.get("dateModified")), *(_moment(meta.get(k)) for k in _MODIFIED)]
    # a page that names a date which cannot be is not searched for a better guess
    searched = None if any(declared) else _searched_date(tree, now)
    return _believed(declared, now) or searched, _believed(changed, now)


def _shown_day(tree: HtmlElement) -> str | None:
    """What the page's time elements say, where all of them name one day."""
    said = [value for node in tree.iter("time") if (value := (node.get("datetime") or "").strip())]
    return said[0] if len({value[:10] for value in said}) == 1 else None


def _searched_date(tree: HtmlElement, now: datetime) -> datetime | None:
    """The day by htmldate, from markup and text; the empty link keeps it from guessing by links."""
    from htmldate import find_date
    from lxml import etree

    # nothing that tells a date, and most of a page's bytes: five times as quick without
    etree.strip_elements(tree, *_DATELESS, with_tail=False)
    for image in list(tree.iter("meta")):
        if (image.get("property") or "").startswith("og:image"):
            image.drop_tree()
    try:
        day = find_date(
            tree, url="", original_date=True, extensive_search=True, max_date=(now + _SKEW)
        )
    except (ValueError, TypeError, AttributeError, LookupError):
        return None
    # the year of a copyright line comes back as its first day
    return None if str(day).endswith("-01-01") else _believed([_moment(day)], now)


def _believed(moments: list[datetime | None], now: datetime) -> datetime | None:
    """The first that is neither before 1990 nor more than an hour ahead."""
    return next((at for at in moments if at is not None and _OLDEST <= at <= now + _SKEW), None)


def _moment(value: Any, *, day_first: bool = False) -> datetime | None:
    """An instant in UTC; a day alone is its midnight, a time without zone counts as UTC.

    3/4/2022 is two different days: read only where the page's language puts the day first.
    """
    from dateutil import parser

    text = str(value or "").strip()[:64]
    dotted = re.match(r"\d{1,2}\.\d{1,2}\.\d{4}\b", text)
    slashed = day_first and re.match(r"\d{1,2}/\d{1,2}/\d{4}\b", text)
    worded = re.search(r"\d{4}", text) and _MONTH.search(text)
    if not (dotted or slashed or worded or re.match(r"\d{4}\D", text)):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # a default far back: a text without day or month must not become a day of this month
        default = datetime(1, 1, 1, tzinfo=UTC)
        try:
            moment = parser.parse(
                text, default=default, tzinfos=_zone, dayfirst=bool(dotted or slashed)
            )
        except (ValueError, OverflowError, TypeError):
            return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str | None, offset: int | None) -> timezone:
    """Of a zone given by letters alone only the offset counts: IST is three zones."""
    return timezone(timedelta(seconds=offset or 0))


def _canonical(tree: HtmlElement, meta: Mapping[str, str], url: str | None) -> str | None:
    """The page's own name for itself; another site's or the front page are not believed."""
    from ural import get_domain_name

    own = [
        link.get("href")
        for link in tree.iter("link")
        if (link.get("rel") or "").lower() == "canonical"
    ]
    for value in [*own, meta.get("og:url")]:
        link = web_link(value, url or "")
        if not link:
            continue
        if url is None:
            return link
        same_site = (get_domain_name(link) or _host(link)) == (get_domain_name(url) or _host(url))
        front = urlsplit(link).path in ("", "/") and not urlsplit(link).query
        if same_site and not (front and urlsplit(url).path not in ("", "/")):
            return link
    return None


def _authors(value: Any) -> str | None:
    people = value if isinstance(value, list) else [value]
    names = dict.fromkeys(filter(None, (_person(_name(person)) for person in people[:10])))
    return ", ".join(names) or None


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) else None


def _person(value: str | None) -> str | None:
    name = plain_line(value)
    return name[:200] if name and "://" not in name and "@" not in name else None


def _free(article: Mapping[str, Any], meta: Mapping[str, str]) -> bool | None:
    said = str(article.get("isAccessibleForFree", "")).strip().lower()
    if said in ("true", "false"):
        return said == "true"
    tier = meta.get("article:content_tier", "").lower()
    return {"free": True, "locked": False}.get(tier)


def _first(*values: str | None) -> str | None:
    return next((plain_line(value) for value in values if value and plain_line(value)), None)

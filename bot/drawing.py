"""The coverage of a story as a picture: when each outlet told it, and from which countries.

A figure of its own for every call, drawn without a screen: safe in a worker thread, one at a
time. Knows no chat. matplotlib is imported by the first call.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from news.coverage import Coverage, Row

MOST_ROWS = 18
"""Outlets with a line of their own; the others share the last one."""
MOST_COUNTRIES = 8
_TICKS = {rrule.YEARLY: 6, rrule.MONTHLY: 8, rrule.DAILY: 6, rrule.HOURLY: 6, rrule.MINUTELY: 5}
"""The most dates below the marks, by what lies between two of them."""
_DPI = 150
_WIDTH = 8.0
_ROW, _HEAD, _FOOT = 0.30, 0.78, 1.05
_TITLE_LINE, _HEADING = 0.25, 0.18
"""Inches: a row, what stands above and below the rows, one more line of the title, a heading."""
_LEAST_ROWS = 2
_LONGEST_NAME = 26
_LONGEST_TITLE = 74
_TITLE_LINES = 2
_OWNERS: Mapping[str, tuple[str, str, str]] = {
    "public": ("public service", "#009E73", "s"),
    "private": ("private", "#0072B2", "o"),
    "agency": ("news agency", "#E69F00", "D"),
    "organisation": ("organisation", "#CC79A7", "P"),
    "state": ("state", "#D55E00", "^"),
    "unknown": ("owner not known", "#808080", "X"),
}
"""What each kind of owner is called, its colour (told apart by the colour-blind: Okabe and Ito
2008) and its mark, for who sees no colours."""
_INK, _FAINT, _LINE = "#1c2733", "#5b6875", "#d9dee3"
_FONTS = (
    "DejaVu Sans", "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans Arabic",
    "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai",
    "Noto Sans Hebrew", "Noto Sans Georgian", "Noto Sans Armenian", "WenQuanYi Zen Hei",
)  # fmt: skip
_drawing = threading.Lock()

CountryName = Callable[[str], str]


def coverage_png(
    coverage: Coverage, *, country: CountryName, zone: str = "UTC", describe: str = ""
) -> bytes:
    """Draw a story's coverage and give it as a PNG of 1200 pixels' width.

    `describe` is the picture in words; it is kept inside the file as its description. Raises
    ValueError where no outlet tells the story.
    """
    if not coverage.rows:
        raise ValueError("nobody covers this story: nothing to draw")
    # a figure is one thread's own, but fonts and the shaping of text are shared
    with _drawing:
        return _drawn(coverage, country, ZoneInfo(zone), describe)


def alt_text(coverage: Coverage, *, country: CountryName) -> str:
    """Say in words what the picture shows, for who cannot see it."""
    owners = _listed([(_OWNERS[one.name][0], one.outlets) for one in coverage.ownership])
    where = _listed([(country(one.name) or "unknown", one.outlets) for one in coverage.countries])
    first = coverage.rows[0].outlet.name or "an unnamed source"
    told = _count(len(coverage.rows), "outlet")
    parts = [
        f"Picture: {told} by the time of {'its' if told == '1 outlet' else 'their'} articles, "
        f"{first} first",
        f"By owner: {owners}",
        f"By country: {where}",
    ]
    if coverage.copies:
        parts.append(f"Hollow marks are copies ({coverage.copies})")
    return ". ".join(parts) + "."


def _drawn(coverage: Coverage, country: CountryName, zone: ZoneInfo, describe: str) -> bytes:
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = list(coverage.rows[:MOST_ROWS])
    rest = coverage.rows[MOST_ROWS:]
    several = len(coverage.countries) > 1
    title = _shown(coverage.story.title) or f"Story {coverage.story.id}"
    head = _wrapped(title, _LONGEST_TITLE, _TITLE_LINES)
    above = _HEAD + _TITLE_LINE * (len(head) - 1) + _HEADING * several
    height = above + _FOOT + _ROW * max(len(rows) + bool(rest), _LEAST_ROWS)
    with rc_context({"font.family": list(_families()), "text.parse_math": False}):
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        _head(figure, head, coverage, height)
        left, right = 0.245, 0.70 if several else 0.965
        bottom, top = _FOOT / height, 1 - above / height
        times = figure.add_axes((left, bottom, right - left, top - bottom))
        _times(times, rows, rest, coverage, country, zone)
        if several:
            shares = figure.add_axes((0.845, bottom, 0.12, top - bottom))
            _countries(shares, coverage, country)
        _legend(figure, coverage, height, zone)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Description": describe} if describe else None)
    return out.getvalue()


def _head(figure: Any, lines: Sequence[str], coverage: Coverage, height: float) -> None:
    figure.text(
        0.03, 1 - 0.14 / height, "\n".join(lines), size=12.5, weight="bold", color=_INK, va="top",
        linespacing=1.25,
    )  # fmt: skip
    facts = [
        _count(len(coverage.rows), "outlet"),
        _count(coverage.voices, "independent voice"),
        f"{_count(coverage.articles, 'article')}{_copies(coverage)}",
    ]
    facts += ["told by state outlets alone"] if coverage.state_only else []
    figure.text(
        0.03, 1 - (0.40 + _TITLE_LINE * (len(lines) - 1)) / height, " · ".join(facts), size=9.5,
        color=_FAINT, va="top",
    )  # fmt: skip


def _times(
    axes: Any,
    rows: Sequence[Row],
    rest: Sequence[Row],
    coverage: Coverage,
    country: CountryName,
    zone: ZoneInfo,
) -> None:
    """Draw a line for each outlet with a mark for each article."""
    names = [_name(row) for row in rows]
    for place, row in enumerate(rows):
        _marks(axes, place, row, faint=False)
    for row in rest:
        _marks(axes, len(rows), row, faint=True)
    if rest:
        names.append(f"{len(rest)} more outlets")
    axes.set_yticks(range(len(names)), names, size=9, color=_INK)
    axes.set_ylim(max(len(names), _LEAST_ROWS) - 0.4, -0.6)
    axes.tick_params(length=0)
    axes.grid(axis="y", color=_LINE, linewidth=0.8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_LINE)
    axes.set_axisbelow(True)
    _dates(axes, coverage, zone)


def _marks(axes: Any, place: int, row: Row, *, faint: bool) -> None:
    _, colour, mark = _OWNERS[row.outlet.ownership]
    alpha = 0.55 if faint else 0.9
    for times, filled in ((row.own_at, True), (row.copied_at, False)):
        if times:
            axes.scatter(
                list(times), [place] * len(times), s=46, marker=mark, alpha=alpha, zorder=3,
                facecolors=colour if filled else "white", edgecolors=colour, linewidths=1.3,
            )  # fmt: skip


def _dates(axes: Any, coverage: Coverage, zone: ZoneInfo) -> None:
    """Put a few readable times under the marks, with room at both ends."""
    from matplotlib import dates

    tools: Any = dates  # these two carry no types
    times = [at for row in coverage.rows for at in (*row.own_at, *row.copied_at)]
    first, last = min(times), max(times)
    room = max((last - first) * 0.05, timedelta(hours=2))
    axes.set_xlim(first - room, last + room)
    locator = tools.AutoDateLocator(tz=zone, minticks=3, maxticks=_TICKS)
    axes.xaxis.set_major_locator(locator)
    long = last - first > timedelta(days=3)
    form = "%-d %b" if long else "%-d %b\n%H:%M"
    if last - first > timedelta(days=300):
        form = "%b %Y"
    axes.xaxis.set_major_formatter(tools.DateFormatter(form, tz=zone))
    axes.tick_params(axis="x", labelsize=8.5, labelcolor=_FAINT)


def _countries(axes: Any, coverage: Coverage, country: CountryName) -> None:
    """Draw a bar for each country, as long as its outlets, in the colours of their owners."""
    shown = coverage.countries[:MOST_COUNTRIES]
    rest = coverage.countries[MOST_COUNTRIES:]
    labels = [_clipped(_shown(country(one.name)) or "unknown", 15) for one in shown]
    for place, one in enumerate(shown):
        start = 0
        for owner, (_, colour, _) in _OWNERS.items():
            size = sum(
                row.outlet.ownership == owner and (row.outlet.country or "") == one.name
                for row in coverage.rows
            )
            if size:
                axes.barh(place, size, left=start, color=colour, height=0.62, alpha=0.9)
                start += size
        axes.text(start, place, f" {start}", va="center", size=8.5, color=_FAINT)
    if rest:
        labels.append(f"{len(rest)} more")
        outlets = _count(sum(one.outlets for one in rest), "outlet")
        axes.text(0, len(shown), f" {outlets}", va="center", size=8.5, color=_FAINT)
    rows = min(len(coverage.rows), MOST_ROWS + 1)
    axes.set_yticks(range(len(labels)), labels, size=9, color=_INK)
    axes.set_ylim(max(len(labels), rows, _LEAST_ROWS) - 0.4, -0.6)
    axes.set_xlim(0, max(one.outlets for one in shown) * 1.25 + 0.5)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title("Outlets by country", size=9, color=_FAINT, loc="right", pad=6)


def _legend(figure: Any, coverage: Coverage, height: float, zone: ZoneInfo) -> None:
    from matplotlib.lines import Line2D

    present = {row.outlet.ownership for row in coverage.rows}
    handles = [
        Line2D([], [], marker=mark, color=colour, linestyle="", markersize=6.5, label=label)
        for owner, (label, colour, mark) in _OWNERS.items()
        if owner in present
    ]
    if coverage.copies:
        handles.append(
            Line2D(
                [],
                [],
                marker="o",
                markerfacecolor="white",
                markeredgecolor=_FAINT,
                linestyle="",
                markersize=6.5,
                label="copy of another's text",
            )
        )
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.02, 0.30 / height), ncols=6,
        frameon=False, fontsize=8.5, labelcolor=_INK, handletextpad=0.2, columnspacing=1.2,
    )  # fmt: skip
    at = coverage.at.astimezone(zone)
    note = f"Each mark is an article by its time of publication ({_zone_name(at)}). "
    note += f"As of {at.day} {at:%b %Y, %H:%M}."
    figure.text(0.03, 0.14 / height, note, size=8, color=_FAINT, va="bottom")


def _copies(coverage: Coverage) -> str:
    if not coverage.copies:
        return ""
    return f", {coverage.copies} {'of them a copy' if coverage.copies == 1 else 'of them copies'}"


def _zone_name(at: datetime) -> str:
    name = at.tzname() or "UTC"
    return name if name.isalpha() else f"UTC{name}"


def _name(row: Row) -> str:
    name = _shown(row.outlet.name) or row.outlet.host or "unnamed source"
    return _clipped(name, _LONGEST_NAME)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip(" (-,") + "…"


def _wrapped(text: str, width: int, most: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, max_lines=most, placeholder=" …") or [text]


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{name} {count}" for name, count in counts[:MOST_COUNTRIES])
    rest = len(counts) - MOST_COUNTRIES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shown(text: str) -> str:
    """Give a text where the fonts have all its letters, else nothing: boxes tell nobody."""
    drawable = _letters()
    return text if all(ord(char) in drawable or char.isspace() for char in text) else ""


@cache
def _families() -> tuple[str, ...]:
    """Those fonts of the list that are installed; the first one comes with matplotlib."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return tuple(name for name in _FONTS if name in installed)


@cache
def _letters() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    found: set[int] = set()
    for name in _families():
        found.update(get_font(findfont(FontProperties(family=name))).get_charmap())
    return frozenset(found)

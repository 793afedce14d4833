"""What an app has drawn of late, and need not draw again for whoever asks for the same.

Everything is known by all that decides on it, so nothing grows old: after a booking the slots are others.
Nothing of one visitor is kept; of a whole widget or page whoever hands it in vouches for that. Visitors ask
in as many zones and months as they like, so what is kept is counted in bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from sys import getsizeof
from threading import Lock
from typing import Generic, TypeVar

from flask import current_app, render_template
from markupsafe import Markup, escape
from werkzeug.http import generate_etag

from ..languages import speech
from . import packing
from .assets import ROOT, Addresses
from .components import Component, Picker
from .language import Language
from .picking import View
from .starts import Starts

_K = TypeVar("_K")
_V = TypeVar("_V")

# So many bytes are kept of each kind, 48 MB in all at most: a page has some 50 KB, the times of a day some
# 2; ten times as much where something starts every five minutes.
_PAGES = 16 << 20
_DAYS = 8 << 20
# The request for a page that compresses it with all patience: a page that few ask for is not worth the work.
_MANY = 8
# In nothing that is shared do blanks at the beginning of a line count: no guest has typed there.
_INDENT = re.compile(r"\n\s+")
_OURS = ROOT / "templates" / "booker"
# What calendars are drawn by, and the page around them.
_WIDGET = ("booker.html", "_macros.html", "_summary.html", "_picker.html", "_times.html")
_PAGE = (*_WIDGET, "page.html", "layout.html", "_languages.html")
_ALL = tuple(sorted(path.name for path in _OURS.glob("*.html")))


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A whole page around a component."""

    component: Component
    title: str
    assets: Addresses
    #: The choice of languages; empty where there is none.
    languages: tuple[Language, ...] = ()

    def __html__(self) -> Markup:
        """Give the page's markup."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return Markup(render_template("booker/page.html", **said))  # noqa: S704 - autoescaped template


@dataclass(frozen=True, kw_only=True)
class Body:
    """A widget or a page as it is sent."""

    content: bytes
    _packed: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)
    _asked: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, shown: Component | Page) -> Body:
        """Draw what is to be *shown*."""
        return cls(content=shown.__html__().encode())

    @classmethod
    def shared(cls, shown: Component | Page) -> Body:
        """Draw what is to be *shown* to many, without what only indents it."""
        return cls(content=_INDENT.sub("\n", shown.__html__()).encode())

    def packed(self, by: str) -> bytes:
        """Give the content in the encoding *by*, "" for none.

        It is made soon, and once more in fewer bytes as soon as many have asked for it.
        """
        self._asked[by] = asked = self._asked.get(by, 0) + 1
        if by not in self._packed or asked == _MANY:
            quality = packing.EVER if asked >= _MANY else packing.SOON
            self._packed[by] = packing.packed(self.content, by, quality=quality)
        return self._packed[by]

    @cached_property
    def etag(self) -> str:
        """What tells it from any other."""
        return generate_etag(self.content)[:16]


class Latest(Generic[_K, _V]):
    """Makes things of their keys, and keeps the latest for all threads, up to some bytes."""

    def __init__(self, make: Callable[[_K], _V], *, weigh: Callable[[_V], int], most: int) -> None:
        """Keep what *make* gives, each with the bytes that *weigh* tells, up to about *most* of them."""
        self._make, self._weigh, self._half = make, weigh, most // 2
        # What nobody has asked for while half of it all was kept anew goes with its generation.
        self._young: dict[_K, _V] = {}
        self._old: dict[_K, _V] = {}
        self._bytes = 0
        self._lock = Lock()

    def __call__(self, key: _K) -> _V:
        """Give what is kept for *key*, or make it."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            found = self._make(key) if found is None else found
            self._keep(key, found)
        return found

    def _keep(self, key: _K, made: _V) -> None:
        weight = self._weigh(made)
        with self._lock:
            if self._bytes + weight > self._half:
                self._old, self._young, self._bytes = self._young, {}, 0
            if weight <= self._half:
                self._young[key] = made
                self._bytes += weight


class Memory:
    """Keeps what one app has drawn, for all its threads; each language by itself.

    What the host's own templates draw is never kept: those can print what is for one visitor.
    """

    def __init__(self) -> None:
        """Begin without anything."""
        self._known: dict[tuple[str, ...], bool] = {}
        self._times = Latest(_drawn_times, weigh=getsizeof, most=_DAYS)
        self._pickers = Latest(self._picker, weigh=_weight, most=_DAYS)
        # With each the picker is kept that it is known by: as much again, or twice that if letters are wide.
        self._widgets = Latest(_drawn_widget, weigh=lambda drawn: 2 * getsizeof(drawn), most=_PAGES)
        # The same, and a tenth for what is compressed.
        self._bodies = Latest(_body, weigh=lambda body: 3 * len(body.content), most=_PAGES)

    def picker(self, view: View) -> Picker:
        """Give the picker of *view*: the same one for an equal view, unless that is personal."""
        if not self._keeps(_WIDGET):
            return view.picker()
        return self._picker((speech().tag, view)) if view.is_personal else self._pickers((speech().tag, view))

    def widget(self, component: Component) -> Markup:
        """Give the markup of *component*."""
        return self._widgets((speech().tag, component)) if self._keeps(_WIDGET) else component.__html__()

    def body(self, shown: Component | Page) -> Body:
        """Give what is to be *shown* as it is sent."""
        keeps = self._keeps(_PAGE if isinstance(shown, Page) else _WIDGET)
        return self._bodies((speech().tag, shown)) if keeps else Body.of(shown)

    def is_plain(self) -> bool:
        """Tell whether no template of the host's has a part in our pages."""
        return current_app.jinja_env.cache is not None and self._are_ours(_ALL)

    def _picker(self, known: tuple[str, View]) -> Picker:
        return known[1].picker(self._drawn)

    def _drawn(self, starts: Starts, form: str) -> Markup:
        """Draw times as anybody's, then put in what the queries of this visitor begin with."""
        if starts.present:
            return _drawn_times((speech().tag, starts, form))
        times = self._times((speech().tag, replace(starts, kept=""), form))
        if not starts.kept:
            return times
        # In what people have written there is no quotation mark, so that these are the queries alone.
        head = 'name="go" value="' if form else f'href="{escape(starts.path)}?'
        theirs = str(times).replace(head, f"{head}{escape(starts.kept)}&amp;")
        return Markup(theirs)  # noqa: S704 - escaped above

    def _keeps(self, names: tuple[str, ...]) -> bool:
        """Tell whether the templates are our own, and stay as they are."""
        environment = current_app.jinja_env
        # Without a cache of its own it may have others for the next visitor.
        if environment.auto_reload or environment.cache is None:
            return False
        return self._are_ours(names)

    def _are_ours(self, names: tuple[str, ...]) -> bool:
        environment = current_app.jinja_env
        if names not in self._known or environment.auto_reload:
            files = (environment.get_template(f"booker/{name}").filename for name in names)
            self._known[names] = all(file and Path(file).parent == _OURS for file in files)
        return self._known[names]


def _body(known: tuple[str, Component | Page]) -> Body:
    return Body.shared(known[1])


def _drawn_widget(known: tuple[str, Component]) -> Markup:
    return known[1].__html__()


def _drawn_times(known: tuple[str, Starts, str]) -> Markup:
    _language, starts, form = known
    template = current_app.jinja_env.get_template("booker/_times.html")
    return Markup(template.render(times=starts, go=form))  # noqa: S704 - autoescaped template


def _weight(picker: Picker) -> int:
    """Give about how many bytes *picker* takes: nearly all is text."""
    return getsizeof(picker.zones.options) + sum(getsizeof(day.drawn) for day in picker.days)

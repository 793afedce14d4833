"""What Alder & Finch has at a vendor, as the pages of the demo need it, whoever the vendor is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask import Flask

from booker_components import Subscriber

#: Who books at the vendor's own page, in turn: name and zone.
_STRANGERS = (
    ("Ines Carvalho", "Europe/Lisbon"),
    ("Noah Berg", "Europe/Oslo"),
    ("Aiko Mori", "Asia/Tokyo"),
    ("Lucía Romero", "America/Argentina/Buenos_Aires"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link of a mail."""

    label: str
    #: As it stands in the mail.
    href: str
    #: The path of ours for a link to the vendor's own page; "" for one to us, or where we have no such page.
    ours: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail as the inbox shows it."""

    sender: str
    to: str
    subject: str
    #: When the appointment is that it is about.
    start: datetime
    links: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointment:
    """A booking at the vendor's, as the buttons of the inbox name it."""

    uid: str
    guest: str
    title: str
    start: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """Somebody who has found the vendor's own page."""

    name: str
    email: str
    zone: str

    @classmethod
    def number(cls, count: int) -> Stranger:
        """Give the one who books after *count* others."""
        name, zone = _STRANGERS[count % len(_STRANGERS)]
        return cls(name=name, email=f"stranger-{count}@example.com", zone=zone)


class Practice(ABC):
    """The accounts at a vendor that this process pretends to be; nothing outlives the process."""

    #: What the vendor is called.
    vendor: ClassVar[str]
    #: What the vendor's mails are like, in words of the inbox.
    about_mails: ClassVar[str]
    #: What is special about the vendor, in lines of the guide, with {address} for where the app is.
    guide: ClassVar[str]
    #: What is raised for what the vendor refuses.
    refusal: ClassVar[type[Exception]]
    #: Owner and slug of what is offered beside the app's own event types.
    others: tuple[tuple[str, str], ...] = ()
    #: Who hears of bookings beside the app's log.
    subscribers: Sequence[Subscriber] = ()

    # --- the app ---

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Give the settings of an app that takes its bookings here."""

    @abstractmethod
    def connect(self, app: Flask) -> None:
        """Let *app* use accounts that are not named in its settings."""

    @abstractmethod
    def tell(self) -> None:
        """Let the vendor tell the app of every change from now on, which must be listening."""

    # --- what is there ---

    @abstractmethod
    def letters(self, limit: int) -> list[Letter]:
        """Give the latest mails, the newest first."""

    @abstractmethod
    def waiting(self) -> Appointment | None:
        """Give the booking that has waited longest for its host; None if none does."""

    @abstractmethod
    def newest(self) -> Appointment | None:
        """Give the booking that was made last and still stands; None if there is none."""

    # --- what others do there ---

    @abstractmethod
    def book(self, start: datetime) -> None:
        """Book an introductory call as a stranger would, at the vendor's own page; `refusal`."""

    @property
    @abstractmethod
    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """What else others can do, by the names of the inbox, with the uid of a booking; `refusal`."""

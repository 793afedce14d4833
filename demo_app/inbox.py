"""The inbox: Cal.com's mails with their links as they are, and what others do at Cal.com meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from booker_components import get_slots
from booker_components.testing.calcom import Mail, Refusal

from .calcom import Practice

#: How many mails the page shows.
MOST = 30

_DAY = 24 * 3600

#: What the page says after a button was pressed.
DONE = {
    "book": "Somebody has booked an introductory call at Cal.com.",
    "confirm": "The host has confirmed the request at Cal.com.",
    "decline": "The host has declined the request at Cal.com.",
    "cancel": "The host has cancelled the booking at Cal.com.",
    "refused": "Cal.com refuses: it stands otherwise by now.",
    "full": "No introductory call is free in the next 30 days.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link of a mail."""

    label: str
    #: As it stands in the mail.
    href: str
    #: The path of ours for a link to Cal.com's own page; "" for one to us.
    ours: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail as the page shows it."""

    kind: str
    subject: str
    to: str
    #: When the appointment is that it is about.
    start: datetime
    links: tuple[Link, ...]


def create_blueprint(practice: Practice) -> Blueprint:
    """Make the blueprint of /inbox, for the mails of *practice*."""
    bp = Blueprint("inbox", __name__)
    bp.add_url_rule("/inbox", "show", lambda: show(practice))
    bp.add_url_rule("/inbox/<act>", "act", lambda act: do(practice, act), methods=["POST"])
    return bp


def show(practice: Practice) -> ResponseReturnValue:
    """Show the mails and the buttons."""
    return render_template(
        "demo/inbox.html",
        letters=[_letter(practice, each) for each in practice.mails(MOST)],
        most=MOST,
        done=DONE.get(request.args.get("done", "")),
        waiting=practice.waiting(),
        newest=practice.newest(),
        token=_serializer().dumps("inbox"),
    )


def do(practice: Practice, act: str) -> ResponseReturnValue:
    """Do what a button says, as others would at Cal.com, and show the page anew."""
    _check_token(request.form.get("token", ""))
    uid = request.form.get("uid", "")
    acts = {"confirm": practice.confirm, "decline": practice.decline, "cancel": practice.cancel}
    try:
        if act == "book":
            act = _book(practice)
        elif act in acts:
            acts[act](uid)
        else:
            abort(404)
    except Refusal:
        act = "refused"
    return redirect(url_for("inbox.show", done=act), 303)


def _book(practice: Practice) -> str:
    slots = get_slots("intro-call")
    if not slots:
        return "full"
    practice.book(slots[len(slots) // 3].start)
    return "book"


def _letter(practice: Practice, mail: Mail) -> Letter:
    return Letter(
        kind=mail.kind,
        subject=mail.subject,
        to=practice.receiver(mail),
        start=practice.start(mail),
        links=tuple(_links(practice, mail)),
    )


def _links(practice: Practice, mail: Mail) -> Iterator[Link]:
    named = (("Manage", mail.manage), ("Reschedule", mail.reschedule), ("Cancel", mail.cancel))
    for label, href in named:
        if href:
            yield Link(label=label, href=href, ours=practice.on_our_pages(href))


# --- forms ---------------------------------------------------------------------------------------


def _check_token(token: str) -> None:
    """Refuse a form that is not from this page: other sites cannot read the token, so they cannot send it."""
    try:
        _serializer().loads(token, max_age=_DAY)
    except BadSignature:
        abort(400, "The form is too old, or not from this site. Go back, reload the page and try again.")


def _serializer() -> URLSafeTimedSerializer:
    assert current_app.secret_key
    return URLSafeTimedSerializer(current_app.secret_key, salt="demo.inbox")

"""The inbox: a vendor's mails with their links as they are, and what others do at the vendor meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booker_components import get_slots

from . import tokens
from .practice import Appointment, Practice

#: How many mails the page shows.
MOST = 30

#: What the page says after a button was pressed.
DONE = {
    "book": "Somebody has booked an introductory call at {vendor}.",
    "confirm": "The host has confirmed the request at {vendor}.",
    "decline": "The host has declined the request at {vendor}.",
    "move": "The host has moved the booking at {vendor}.",
    "cancel": "The host has cancelled the booking at {vendor}.",
    "repeat": "{vendor} has sent its webhook again. Nobody hears of the booking a second time.",
    "sync": "The app has asked {vendor} what has changed.",
    "refused": "{vendor} refuses: it stands otherwise by now.",
    "full": "No introductory call is free in the next 30 days.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A button of the page."""

    act: str
    label: str
    quiet: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What somebody may do now."""

    sentence: str
    buttons: tuple[Button, ...]
    #: What it is done to; None where that is no booking.
    about: Appointment | None = None


def create_blueprint(practice: Practice) -> Blueprint:
    """Make the blueprint of /inbox, for the mails of *practice*."""
    bp = Blueprint("inbox", __name__)
    bp.add_url_rule("/inbox", "show", lambda: show(practice))
    bp.add_url_rule("/inbox/<act>", "act", lambda act: do(practice, act), methods=["POST"])
    return bp


def show(practice: Practice) -> ResponseReturnValue:
    """Show the mails and the buttons."""
    done = DONE.get(request.args.get("done", ""), "")
    return render_template(
        "demo/inbox.html",
        practice=practice,
        letters=practice.letters(MOST),
        most=MOST,
        done=done.format(vendor=practice.vendor),
        offers=list(_offers(practice)),
        token=tokens.token("inbox"),
    )


def do(practice: Practice, act: str) -> ResponseReturnValue:
    """Do what a button says, as others would at the vendor, and show the page anew."""
    tokens.check("inbox")
    try:
        if act == "book":
            act = _book(practice)
        elif act in practice.acts:
            practice.acts[act](request.form.get("uid", ""))
        else:
            abort(404)
    except practice.refusal:
        act = "refused"
    return redirect(url_for("inbox.show", done=act), 303)


def _book(practice: Practice) -> str:
    slots = get_slots("intro-call")
    if not slots:
        return "full"
    practice.book(slots[len(slots) // 3].start)
    return "book"


# --- what may be done ----------------------------------------------------------------------------

_REPEAT = Button(act="repeat", label="Send again", quiet=True)
_SYNC = Button(act="sync", label="Ask now", quiet=True)
_ANSWERS = (
    Button(act="confirm", label="Confirm"),
    Button(act="decline", label="Decline", quiet=True),
)
_CHANGES = (
    Button(act="move", label="Move it there", quiet=True),
    Button(act="cancel", label="Cancel it there", quiet=True),
)


def _offers(practice: Practice) -> Iterator[Offer]:
    """Give what others may do now; what a vendor does not have is left out."""
    vendor, waiting, newest = practice.vendor, practice.waiting(), practice.newest()
    yield Offer(
        sentence=f"Somebody books an introductory call at {vendor}’s own page.",
        buttons=(Button(act="book", label="Book there"),),
    )
    # Without a request, the page says where to make one.
    yield Offer(
        sentence="The host answers a request." if waiting else "The host has no request to answer.",
        buttons=_ANSWERS if waiting else (),
        about=waiting,
    )
    if newest:
        changes = tuple(each for each in _CHANGES if each.act in practice.acts)
        verbs = " or ".join(each.label.split()[0].lower() + "s" for each in changes)
        yield Offer(
            sentence=f"The host {verbs} the booking that was made last.", buttons=changes, about=newest
        )
    if newest and _REPEAT.act in practice.acts:
        yield Offer(
            sentence=f"{vendor} tells of that booking again, as after an answer that was lost.",
            buttons=(_REPEAT,),
            about=newest,
        )
    if _SYNC.act in practice.acts:
        yield Offer(
            sentence=f"The app asks {vendor} what has changed: no webhook tells that a request was answered.",
            buttons=(_SYNC,),
        )

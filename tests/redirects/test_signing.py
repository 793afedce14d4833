"""Tests of the signature: what it covers, how long it holds, and that others can compute it."""

from __future__ import annotations

import hashlib
import hmac
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode, urlsplit

import pytest

from booker_components import ConfigurationError, LinkExpired, LinkInvalid, verify_redirect
from booker_components.values import Flavour, Occasion, Redirect

from ..conftest import INTRO
from .samples import BOOKING, NOW, PARTNER, SECRET, done, led

SIGNED = Redirect(f"{PARTNER}/done?own=a%20b&flag#top", answers=("topic", "days"), signed=True)
MINUTES = timedelta(minutes=1)


def _query(redirect: Redirect = SIGNED, **options: object) -> str:
    return urlsplit(led(redirect, done(**options))).query  # type: ignore[arg-type]


def _verify(text: str, **options: object) -> dict[str, list[str]]:
    given = {"secret": SECRET, "now": NOW + MINUTES} | options
    return verify_redirect(text, **given)  # type: ignore[arg-type]


def _pieces() -> list[str]:
    return _query().split("&")


def by_the_documentation(query: str, secret: str) -> str:
    """Compute the signature from the four lines of the documentation, by hand."""
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    pairs = [piece.replace("+", " ").partition("=") for piece in query.split("&") if piece]
    decoded = [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]

    def written(text: bytes) -> str:
        return "".join(chr(each) if each in plain else f"%{each:02X}" for each in text)

    texts = [f"{written(name)}={written(value)}" for name, value in decoded if name != b"sig"]
    canonical = "&".join(sorted(texts))
    return hmac.new(secret.encode(), canonical.encode(), hashlib.sha256).hexdigest()


# --- what holds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["jicoo", "cal", "calendly"])
@pytest.mark.parametrize("occasion", Occasion)
def test_what_is_signed_is_verified(flavour: Flavour, occasion: Occasion) -> None:
    """In every flavour, by the whole address or its query; what is told comes back, and what happened."""
    address = led(replace(SIGNED, flavour=flavour), done(occasion, query=[("utm_source", "ad")]))
    query = urlsplit(address).query

    told = _verify(address)

    assert told["event"] == [f"guest_{occasion}"]
    assert (told["own"], told["flag"]) == (["a b"], [""])
    assert told["ts"] == [str(int(NOW.timestamp()))]
    path = address.removeprefix(PARTNER)
    assert all(_verify(each) == told for each in (query, f"?{query}", path, f"HTTPS://x.example/?{query}#y"))


def test_the_documentation_is_enough_to_compute_it() -> None:
    """A receiver in another language has nothing but those four lines."""
    query = _query(
        booking=replace(BOOKING, answers={"topic": "1+1 = 2 & ~-._*' é 日 %41", "days": ("b", "a")})
    )

    signature = dict(parse_qsl(query))["sig"]

    assert signature == by_the_documentation(query, SECRET)


def test_the_signature_stays_what_it_is() -> None:
    """Receivers compute it by our rules (this one: OpenSSL): a change of these would shut them out."""
    query = "eventUid=new1&b=%C3%A9&a=x+y%2Bz&ts=1935489600"
    signature = "d5bed0c6073e05fca52319dafbac0af74be8498e7fc62b26121fff74cd28eca1"

    told = _verify(f"{query}&sig={signature}", secret="secret", now=NOW)

    assert (told["a"], told["b"]) == (["x y+z"], ["é"])
    assert by_the_documentation(query, "secret") == signature


def test_order_and_encoding_do_not_matter() -> None:
    """Frameworks and proxies write queries anew; what they say is the same."""
    pairs = parse_qsl(_query(), keep_blank_values=True)
    shuffled = random.Random(7).sample(pairs, len(pairs))

    assert _verify(urlencode(shuffled)) == _verify(_query()) | {
        "days": [value for name, value in shuffled if name == "days"]
    }
    assert _verify("&".join(f"{name}={value.replace(' ', '+')}" for name, value in _spelt(pairs)))


def _spelt(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give *pairs* with every byte of the names encoded that need not be."""
    whole = [("".join(f"%{each:02x}" for each in name.encode()), value) for name, value in pairs]
    return [
        (name, value.replace("%", "%25").replace("+", "%2B").replace("&", "%26")) for name, value in whole
    ]


@pytest.mark.parametrize(
    "odd", ["a=%FF", "a=%ED%A0%80", "%00=%0A", "a=%F0%9F%98%80", "a==b==", "=x", "a=;b=2"]
)
def test_what_a_host_has_in_its_own_query_is_signed_too(odd: str) -> None:
    """Also bytes that are no UTF-8."""
    query = _query(replace(SIGNED, url=f"{PARTNER}/?{odd}"))

    assert _verify(query)
    assert query.startswith(odd)
    assert dict(parse_qsl(query))["sig"] == by_the_documentation(query, SECRET)


# --- what does not -------------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(len(_pieces())), ids=lambda place: _pieces()[place].split("=")[0])
@pytest.mark.parametrize("how", ["changed", "dropped", "repeated", "renamed", "emptied", "cut", "swapped"])
def test_tampering_with_any_parameter_is_found(place: int, how: str) -> None:
    """None may be changed, left out, added once more or called otherwise."""
    pieces = _pieces()
    name, _, value = pieces[place].partition("=")
    other = pieces[place - 1].partition("=")[2]
    put = {
        "changed": [f"{name}={value}1"],
        "dropped": [],
        "repeated": [pieces[place]] * 2,
        "renamed": [f"{name}x={value}"],
        "emptied": [f"{name}="] if value else [f"{name}=x"],
        "cut": [f"{name}={value[:-1]}"] if value else [f"{name}=%20"],
        "swapped": [f"{name}={other}"],
    }[how]

    with pytest.raises(LinkInvalid):
        _verify("&".join([*pieces[:place], *put, *pieces[place + 1 :]]))


@pytest.mark.parametrize("more", ["x=1", "x", "eventUid=other", "sig=0", "ts=0", "=", "sig", "%73ig=x"])
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_adding_a_parameter_is_found(more: str, first: bool) -> None:
    """Neither before nor after."""
    with pytest.raises(LinkInvalid):
        _verify(f"{more}&{_query()}" if first else f"{_query()}&{more}")


def test_parameters_cannot_be_joined_or_parted() -> None:
    """What is a separator and what is a value stay apart."""
    query = _query(replace(SIGNED, url=f"{PARTNER}/?a=1&b=2"))

    for forged in ("a=1%26b%3D2", "a%3D1=&b=2", "a=1%26b=2"):
        with pytest.raises(LinkInvalid):
            _verify(query.replace("a=1&b=2", forged))


@pytest.mark.parametrize(
    ("one", "other"), [("%FF", "%FE"), ("%EF%BF%BD", "%FF"), ("+", "%2B"), ("e", "%C3%A9")]
)
def test_what_looks_alike_is_not_the_same(one: str, other: str) -> None:
    """Bytes that are no UTF-8 do not all become one character."""
    query = _query(replace(SIGNED, url=f"{PARTNER}/?a={one}"))

    with pytest.raises(LinkInvalid):
        _verify(query.replace(f"a={one}&", f"a={other}&"))


@pytest.mark.parametrize("before", ["/=&eventUid=other&x=?", "https://x.example/?x=1#?", "/#?", "a:/&b?"])
def test_a_signed_query_elsewhere_in_an_address_is_not_its_query(before: str) -> None:
    """Neither behind what a framework reads as parameters, nor in the fragment, which no server sees."""
    with pytest.raises(LinkInvalid):
        _verify(before + _query())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "/",
        PARTNER,
        f"{PARTNER}/done",
        "sig=",
        "ts=1&sig=",
        "ts=1&sig=é",
        "ts=1&sig=%FF",
        "ts=1&sig=\ud800",
        "ts=1&sig=" + "0" * 64,
        "&".join(["a=1"] * 5000),
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_what_was_never_signed_is_refused(text: str) -> None:
    """Without another error than the one that says so."""
    with pytest.raises(LinkInvalid):
        _verify(text)


@pytest.mark.parametrize("secret", [SECRET + " ", SECRET.upper(), "x"])
def test_another_secret_does_not_do(secret: str) -> None:
    """Only who has the sender's can sign."""
    with pytest.raises(LinkInvalid):
        _verify(_query(), secret=secret)


def test_an_empty_secret_is_a_mistake() -> None:
    """Anybody could sign with it."""
    with pytest.raises(ConfigurationError, match="secret is empty"):
        _verify(_query(), secret="")


@pytest.mark.parametrize("ts", ["", "soon", "-5", "1e9", "٣", "9" * 12, "12.5"])
def test_a_time_that_is_none_is_refused(ts: str) -> None:
    """Also where it was signed so."""
    query = urlencode([("eventUid", "new1"), ("ts", ts)])

    with pytest.raises(LinkInvalid):
        _verify(f"{query}&sig={by_the_documentation(query, SECRET)}")


# --- how long it holds ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "max_age", "holds"),
    [
        (timedelta(0), 5 * MINUTES, True),
        (5 * MINUTES, 5 * MINUTES, True),
        (5 * MINUTES + timedelta(seconds=1), 5 * MINUTES, False),
        (-5 * MINUTES, 5 * MINUTES, True),
        (-6 * MINUTES, 5 * MINUTES, False),
        (timedelta(seconds=1), timedelta(0), False),
    ],
)
def test_a_replay_is_refused_after_its_time(age: timedelta, max_age: timedelta, holds: bool) -> None:
    """Nor does it hold before: clocks differ by little."""
    if holds:
        assert _verify(_query(), now=NOW + age, max_age=max_age)
        return

    with pytest.raises(LinkExpired):
        _verify(_query(), now=NOW + age, max_age=max_age)


def test_without_a_time_the_present_counts() -> None:
    """A quarter of an hour is enough for a guest who follows a link by hand."""
    with pytest.raises(LinkExpired):
        verify_redirect(_query(), secret=SECRET)

    assert _verify(_query(), now=NOW + 15 * MINUTES)
    with pytest.raises(LinkExpired):
        _verify(_query(), now=NOW + 16 * MINUTES)


# --- what is signed ------------------------------------------------------------------------------


def test_a_guest_cannot_have_words_signed_that_pass_for_ours() -> None:
    """A guest writes the booker's address, which Cal.com's flavour passes on; each name is there once."""
    redirect = Redirect(f"{PARTNER}/?uid=mine&ts=1", flavour="cal", answers=("topic",), signed=True)
    query = [("uid", "evil"), ("formerTime", "evil"), ("topic", "evil"), ("sig", "evil"), ("event", "evil")]

    told = _verify(led(redirect, done(query=[*query, ("month", "2031-05")])))

    assert "evil" not in str(told)
    assert (told["uid"], told["month"], told["event"]) == (["new1"], ["2031-05"], ["guest_booked"])


@pytest.mark.parametrize("own", ["utm_source=mine", "utm%5Fsource=mine", "metadata[crm]=mine"])
def test_a_guest_cannot_say_otherwise_what_the_address_says(own: str) -> None:
    """A receiver that takes the last of two values would take the guest's, signed."""
    redirect = Redirect(f"{PARTNER}/?{own}", flavour="cal", signed=True)
    query = [("utm_source", "evil"), ("metadata[crm]", "evil"), ("month", "2031-05")]

    told = _verify(led(redirect, done(query=query)))

    names = {"utm_source", "metadata[crm]"}
    assert [told[each] for each in names & told.keys()].count(["mine"]) == 1
    assert sorted(map(len, told.values())) == [1] * len(told)
    assert told["month"] == ["2031-05"]


def test_without_a_secret_nobody_is_sent_unsigned() -> None:
    """Guests stay, where a provider's own event type wants a signature that we cannot give."""
    assert led(SIGNED, secret="") == ""


def test_a_receiver_needs_no_app() -> None:
    """Neither Flask's context nor the rest of the package is asked for anything."""
    code = (
        "import sys; from datetime import datetime, timezone; from booker_components import verify_redirect;"
        "print(verify_redirect(sys.argv[1], secret=sys.argv[2], "
        "now=datetime.fromtimestamp(int(sys.argv[3]), timezone.utc))['eventUid'])"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code, led(SIGNED), SECRET, str(int(NOW.timestamp()))],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "['new1']\n"


def test_neither_secret_nor_people_are_in_a_refusal() -> None:
    """What is logged by accident tells nothing."""
    redirect = Redirect(PARTNER, flavour="cal", signed=True)

    with pytest.raises(LinkInvalid) as refusal:
        _verify(_query(redirect) + "&x=1", secret=SECRET + "x")

    assert not {"hush", "Bo", "example.org"} & set(str(refusal.value).split())
    assert INTRO.title not in str(refusal.value)

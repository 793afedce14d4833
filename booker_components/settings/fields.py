"""One documented field for each setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from os import PathLike
from typing import Any

from ..values import EventType, Redirects

PREFIX = "BOOKER_"


def _setting(default: Any, help: str) -> Any:
    """Declare a field with the sentence that documents it."""
    return field(default_factory=lambda: default, metadata={"help": help, "default": default})


def _secret(help: str, default: str = "") -> Any:
    """Declare a text that must not show up in a representation, such as an URL with a password."""
    return field(default=default, repr=False, metadata={"help": help, "default": default})


def _secret_list(help: str) -> Any:
    """Declare a list that holds secrets."""
    return field(default=(), repr=False, metadata={"help": help, "default": ()})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What `app.config` says about booker_components; the key of a field is `BOOKER_` and its name."""

    event_types: str | PathLike[str] | Sequence[EventType] | Callable[[], Sequence[EventType]] = _setting(
        (),
        "What can be booked: the path of a TOML file, a list of `EventType`, or, for the embedded engine, a "
        "function that gives such a list as it is now. With Jicoo each has its `id` there.",
    )
    provider: Any = _setting(
        "embedded",
        'The booking backend: `"embedded"`, `"calcom"`, `"jicoo"`, or an object with its methods.',
    )
    database_url: str = _secret(
        "SQLAlchemy URL of the database; empty: the file `booker.sqlite3` in the app's instance folder."
    )
    links: str = _setting(
        "",
        '`"signed"`: links that change a booking carry a signature. `"uid"`: knowing the uid is enough. '
        "Empty: signed, but `uid` with Cal.com, whose own links carry nothing else.",
    )
    link_days: int = _setting(30, "How many days after a booking's end its signed links still work.")
    public_url: str = _setting(
        "",
        "The address under which guests reach the booking pages; mails need it, for example `https://example.com`.",
    )
    mail_url: str = _secret(
        "SMTP server for mails to guests and hosts, for example `smtp://user:password@mail.example.com:587?starttls=1`.",
    )
    mail_from: str = _setting("", "The sender of these mails, for example `Bookings <bookings@example.com>`.")
    mails: str = _setting(
        "all",
        'What is mailed where there is a server: `"all"`, `"links"` (new links that were asked for), or '
        '`"none"`.',
    )
    admin_email: str = _setting(
        "",
        "Who is mailed when a booking cannot be written to Salesforce (beside the host), and when a delivery "
        "is given up.",
    )
    dispatch: str = _setting(
        "thread",
        'Who delivers events: `"thread"`, a thread in each web process; `"huey"`, workers that a queue '
        'wakes; `"none"`, only `flask booker worker` or `flask booker deliver`.',
    )
    queue_url: str = _secret(
        "Where huey keeps its queue: `sqlite:////var/lib/app/queue.sqlite3`, `redis://...` or "
        "`postgresql://...`; empty: the database, if that is PostgreSQL, else a file beside it."
    )
    webhooks: Sequence[Mapping[str, Any]] = _secret_list(
        'Who is told of changes by signed webhooks: mappings with `url`, `secret` ("whsec_..."), and '
        "`events`, the kinds to tell of, where that is not all."
    )
    private_network: bool = _setting(
        False,
        "Whether webhooks and calendar feeds may be on private addresses, such as 10.0.0.1 or this machine.",
    )
    hold_minutes: int = _setting(
        10, "How many minutes a chosen time is kept for the guest who fills in the form; 0: not at all."
    )
    verify_email: bool = _setting(
        False,
        "Whether guests show by a mailed code that an address is theirs before they book; needs "
        "`BOOKER_MAIL_URL`. An event type can ask for it by itself (`verify_email`).",
    )
    booking_limit: str = _setting(
        "",
        "How often booking forms may be sent from one address, for example `60/hour`. Behind a proxy the app "
        "has to know guests' addresses (Werkzeug's `ProxyFix`). Empty: as often as anybody likes.",
    )
    form_seconds: int = _setting(
        0, "How many seconds a booking form must have been on view: programs are quicker than people."
    )
    proof_of_work: int = _setting(
        0,
        "How many bits of work a browser does before a booking form is sent, unseen by the guest: 16 takes a "
        "phone some seconds. Whoever has no scripts may send five forms an hour without. 0: none.",
    )
    overlay: str = _setting(
        "file",
        "How guests may compare the times with their own calendar, which only their browser keeps: "
        '`"file"`, `"link"` (a file, or the address of a calendar, which we fetch for them), or `"none"`.',
    )
    keep_days: int = _setting(
        400,
        "How many days after its end it is kept what happened to a booking, but for the last of it; 0: for "
        "ever.",
    )
    embed_origins: Sequence[str] = _setting(
        (), "Origins whose pages may show the booking pages in a frame, for example `https://example.org`."
    )
    csp: Mapping[str, str] = _setting(
        {}, 'Sources to add to our Content-Security-Policy, for example `{"font-src": "\'self\'"}`.'
    )
    language: str | Callable[[Any], str | None] = _setting(
        "",
        "The language of the texts: a BCP 47 tag, or a function of the request that gives one, or None to "
        "leave it to the browser. Empty: as Flask-Babel says, where it is in use, else as the browser asks.",
    )
    languages: Sequence[str] = _setting(
        (),
        "The languages that are spoken, as BCP 47 tags; the first is for guests who read none of them. "
        "Empty: all that there are, with English for the others.",
    )
    language_switch: bool = _setting(False, "Whether our own pages let guests choose among these languages.")
    translations: str | PathLike[str] = _setting(
        "",
        "A folder with catalogues of your own, `<language>/LC_MESSAGES/booker.po`; their texts come before "
        "ours.",
    )
    labels: Mapping[str, Mapping[str, str]] = _setting(
        {},
        "Texts in place of ours, by language and by the English one: "
        '`{"en": {"Confirm booking": "Book it"}}`.',
    )
    link_limit: str = _setting(
        "3/hour", "How often a new link to a booking may be asked for; ten times as often from one address."
    )
    limit_storage: str = _secret(
        "Where these counts are kept: a storage URL of the library limits, for example `redis://...`.",
        "memory://",
    )

    redirects: Redirects | None = _setting(
        None,
        "Where guests go after booking, moving and cancelling, where their event type does not say it: a "
        "`Redirects`, or a mapping like the table of a TOML file. Empty: they stay on the booking page.",
    )
    redirect_origins: Sequence[str] = _setting(
        (), "Origins to which guests may be sent after booking, moving and cancelling."
    )
    redirect_secret: str = _secret(
        "What signs the parameters of a `Redirect` that is `signed`; who checks them needs it, too."
    )
    calcom_api_url: str = _setting("https://api.cal.com/v2", "The Cal.com API, version 2.")
    calcom_app_url: str = _setting("https://app.cal.com", "The Cal.com web app, where people sign in.")
    calcom_auth: str = _setting(
        "",
        'Who calls Cal.com: `"none"`, `"key"`, `"platform"` or `"oauth"`. Empty: what the keys below allow; '
        "with a client's id and secret `platform`, or `oauth` once `BOOKER_CALCOM_CONNECT` is set.",
    )
    calcom_username: str = _setting(
        "", "Whose event types are offered: a username, or several joined by `+` for a dynamic group."
    )
    calcom_team: str = _setting("", "The team whose event types are offered, by its slug.")
    calcom_organization: str = _setting("", "The organization to which the user or the team belongs.")
    calcom_owners: Sequence[str] = _setting(
        (),
        "Whose event types and bookings guests reach besides the account's own: usernames, `team:<slug>`, or "
        '`"*"` for anybody\'s at Cal.com.',
    )
    calcom_zone: str = _setting(
        "", "The zone in which the hosts work, an IANA name, where the API does not tell it; empty: UTC."
    )
    calcom_api_key: str = _secret("An API key of a Cal.com account.")
    calcom_client_id: str = _setting("", "The id of a Platform client or of an OAuth 2.0 client.")
    calcom_client_secret: str = _secret("The secret of that client; public OAuth 2.0 clients have none.")
    calcom_scopes: Sequence[str] = _setting(
        ("EVENT_TYPE_READ", "BOOKING_READ", "BOOKING_WRITE", "PROFILE_READ"),
        "What an OAuth 2.0 account is asked to allow.",
    )
    calcom_webhook_secret: str = _secret("The secret with which Cal.com signs its webhooks.")
    calcom_account: Any = _setting(
        None,
        "A function of the request that says which account it is about: a `CalcomAccount`, the name of a "
        "connected one, or None for the settings above.",
    )
    calcom_connect: Any = _setting(
        None,
        "A function of the request that names the account which the signed-in user may connect by OAuth 2.0; "
        "None to refuse.",
    )
    jicoo_api_url: str = _setting("https://api.jicoo.com/v1", "The Jicoo API, version 1.")
    jicoo_api_key: str = _secret("An API key of a Jicoo account.")
    jicoo_webhook_secret: str = _secret("The secret with which Jicoo signs its webhooks.")
    jicoo_zone: str = _setting("", "The zone in which the hosts work, an IANA name; empty: UTC.")
    jicoo_team: str = _setting(
        "", "The id of the team in the addresses of Jicoo's own pages; account integration needs it."
    )
    jicoo_cancel_reason_key: str = _setting(
        "cancelReason",
        "The name under which Jicoo takes the reason of a cancellation; it does not document it.",
    )

    salesforce: Mapping[str, Any] = _setting(
        {},
        'What becomes of bookings at Salesforce: maps slugs of event types, or `"*"` for all others, to '
        "`SalesforceRules` or mappings of their fields. Empty: nothing.",
    )
    salesforce_domain: str = _setting(
        "login", "Where to log in: `login`, `test` for a sandbox, or the org's own domain, such as `acme.my`."
    )
    salesforce_client_id: str = _setting("", "The consumer key of the External Client App.")
    salesforce_client_secret: str = _secret(
        "The consumer secret of that app; alone with the key it logs in by client credentials."
    )
    salesforce_private_key: str = _secret(
        "The private key, in PEM, whose certificate that app knows: logs in by JWT bearer."
    )
    salesforce_username: str = _setting("", "The user to log in as, by key or by password.")
    salesforce_password: str = _secret("The password of that user, where neither key nor client logs in.")
    salesforce_token: str = _secret("The security token of that user, where the org wants one.")
    salesforce_api_version: str = _setting("65.0", "The version of Salesforce's API.")
    salesforce_external_id: str = _setting(
        "Booking_Uid__c", "The API name of the field of Events, an external id, that keeps a booking's uid."
    )
    salesforce_url: str = _setting(
        "", "A stand-in for Salesforce on this machine, for tests, for example `http://127.0.0.1:8080`."
    )


def calcom_auth(settings: Settings) -> str:
    """Tell who calls Cal.com: "none", "key", "platform" or "oauth", as said or as the keys allow."""
    if settings.calcom_auth:
        return settings.calcom_auth
    if settings.calcom_client_id:
        return "oauth" if settings.calcom_connect else "platform"
    return "key" if settings.calcom_api_key else "none"


def settings_table() -> str:
    """Give the settings as a table in Markdown, for the README."""
    rows = ["| Key | Default | Meaning |", "|---|---|---|"]
    for each in fields(Settings):
        default = each.metadata["default"]
        shown = f"`{default!r}`" if default else ""
        rows.append(f"| `{PREFIX}{each.name.upper()}` | {shown} | {each.metadata['help']} |")
    return "\n".join(rows)

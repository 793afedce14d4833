"""The tables of the records."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text

from ..storage import Instant, metadata

#: Remote bookings as we last knew them, to tell what has changed; no personal data. Rows are kept for ever.
known_bookings = Table(
    "booker_known_bookings",
    metadata,
    Column("uid", Text, primary_key=True),
    # A status, or "" while it is being noted for the first time.
    Column("status", Text, nullable=False),
    Column("starts", Instant),
    # When that was asked for; an answer to an older question tells of no move.
    Column("asked_at", Instant),
    # When it was changed, as the provider says; what was changed earlier is no news.
    Column("changed_at", Instant),
    # Counts the changes that were told.
    Column("changes", Integer, nullable=False),
    # The booking that guests share, where this is one seat of it; else empty.
    Column("shared", Text, nullable=False),
    Index("booker_known_bookings_shared_ix", "shared"),
)

#: Keys of booking requests at providers that know no such thing, and the bookings that they made.
request_keys = Table(
    "booker_request_keys",
    metadata,
    Column("key", Text, primary_key=True),
    # Tells another request under the same key; a digest, so that no address is kept here.
    Column("fingerprint", Text, nullable=False),
    # Empty while the outcome is not known.
    Column("uid", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    # When the row is of no more use; `begun_at` does not tell, for a claim that was given up has lost it.
    Column("keep_until", Instant, nullable=False),
    Index("booker_request_keys_keep_until_ix", "keep_until"),
)

#: Tokens of other people's accounts at a provider, encrypted.
tokens = Table(
    "booker_tokens",
    metadata,
    Column("provider", Text, primary_key=True),
    # The name under which the host app knows the account.
    Column("account", Text, primary_key=True),
    Column("box", LargeBinary, nullable=False),
    # SHA-256 of the access token and of the one before it, to find the account of an expired one.
    Column("digest", Text, nullable=False),
    Column("former_digest", Text, nullable=False),
    # Who refreshes holds this lease, so that a refresh token is used once.
    Column("leased_until", Instant),
    Column("version", Integer, nullable=False),
    Index("booker_tokens_digest_ix", "provider", "digest"),
    Index("booker_tokens_former_digest_ix", "provider", "former_digest"),
)

#: Webhooks as they came, each once.
inbox = Table(
    "booker_inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("trigger", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("last_error", Text, nullable=False),
    CheckConstraint("state IN ('new', 'done', 'kept', 'parked')", name="state"),
    Index("booker_inbox_state_ix", "state", "next_at"),
    sqlite_autoincrement=True,
)

#: What hosts know of their users, as JSON, for the links that lead these to a booker.
prefills = Table(
    "booker_prefills",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_type", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("locked", Text, nullable=False),
    Column("open", Text, nullable=False),
    # Of all the above but the id, to find what is kept already.
    Column("digest", Text, nullable=False),
    Column("keep_until", Instant, nullable=False),
    # How many bookings are left to make with it; None: any number.
    Column("uses", Integer),
    Index("booker_prefills_digest_ix", "digest"),
    Index("booker_prefills_keep_until_ix", "keep_until"),
)

#: Bookings that took the place of others under a new uid, to know them for one. Rows are kept for ever.
moves = Table(
    "booker_moves",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("replaces", Text, nullable=False),
    Index("booker_moves_replaces_ix", "replaces"),
)

#: Whose turn it is to do something that two may not do at once.
turns = Table(
    "booker_turns",
    metadata,
    # A digest, so that no address is kept here.
    Column("key", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Index("booker_turns_until_ix", "until"),
)

#: Failures that somebody has been told of, or is to be told of with the next one.
reports = Table(
    "booker_reports",
    metadata,
    Column("kind", Text, primary_key=True),
    # A digest, so that no address is kept here.
    Column("recipient", Text, primary_key=True),
    Column("booking_uid", Text, primary_key=True),
    Column("told_at", Instant),
    Index("booker_reports_booking_uid_ix", "booking_uid"),
)

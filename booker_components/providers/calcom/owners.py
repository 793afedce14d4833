"""Whose an event type is: a user's, several users' or a team's, and how the API names it."""

from __future__ import annotations

from dataclasses import dataclass

from .accounts import CalcomAccount

_TEAM = "team:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """A user, a dynamic group of users, or a team."""

    #: A username, or several joined by "+".
    username: str = ""
    #: The slug of a team.
    team: str = ""

    @classmethod
    def parse(cls, text: str | None, account: CalcomAccount) -> Owner:
        """Read "ann", "ann+bo" or "team:sales"; nothing means the owner of *account*."""
        if not text:
            return cls(team=account.team) if account.team else cls(username=account.username)
        return cls.of(text)

    @classmethod
    def of(cls, text: str) -> Owner:
        """Read "ann", "ann+bo" or "team:sales"."""
        return cls(team=text.removeprefix(_TEAM)) if text.startswith(_TEAM) else cls(username=text)

    def __str__(self) -> str:
        return f"{_TEAM}{self.team}" if self.team else self.username

    def group(self) -> tuple[str, ...]:
        """Give the usernames of a dynamic group; none for anybody else."""
        names = tuple(filter(None, self.username.split("+")))
        return names if len(names) > 1 else ()

    def names(self) -> frozenset[str]:
        """Give every name under which guests reach this owner: a group's members by theirs too."""
        return frozenset((str(self), *self.group()))

    def addressed(self, slug: str) -> dict[str, object]:
        """Give what names the event type *slug* of this owner (contracts/calcom.md 4.6)."""
        whose = {"teamSlug": self.team} if self.team else {"username": self.username}
        return {"eventTypeSlug": slug, **whose}

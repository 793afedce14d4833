"""`Fake`: what the fakes of all vendors have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

from .exchanges import Answer, Exchange
from .faults import Fault
from .memory import Delivery, Memory, posted
from .serving import Server


class Fake(ABC):
    """A vendor for tests, which really listens on 127.0.0.1 while it is entered."""

    store: Memory

    def __init__(self, *, webhooks_at_once: bool) -> None:
        """Serve `store`, which is there already."""
        self._at_once = webhooks_at_once
        self._server = self.serving(self._dealt_with)

    @abstractmethod
    def serving(self, after: Callable[[], None]) -> Server:
        """Give the vendor's server, which calls *after* when a request was dealt with."""

    def __enter__(self) -> Self:
        """Listen."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def start(self, port: int = 0) -> None:
        """Listen on *port*, any free one by default."""
        self._server.start(port)

    def close(self) -> None:
        """Stop listening; what it knows can still be read."""
        self._server.close()

    @property
    def url(self) -> str:
        """The address of the API, for the setting that says where it is."""
        return f"{self.store.app_url}{self._server.prefix}"

    @property
    def app_url(self) -> str:
        """The address of the web application, with the pages for people."""
        return self.store.app_url

    # --- what happened ---------------------------------------------------------------------------

    @property
    def requests(self) -> list[Exchange]:
        """Every request to the API, each with its answer, oldest first; clear it to look at what follows."""
        return self._server.log

    @property
    def answers(self) -> list[Answer]:
        """What was answered, in the order of the requests; a connection that was cut has no answer."""
        return [each.answer for each in self.requests if each.answer is not None]

    # --- webhooks --------------------------------------------------------------------------------

    @property
    def outgoing(self) -> list[Delivery]:
        """The webhooks that wait: reorder, repeat and remove them as the network does."""
        return self.store.outgoing

    def send_webhooks(self) -> list[int]:
        """Post what waits, in order, once, and give the answers' statuses; 0 where nobody answered."""
        with self.store.lock:
            waiting, self.store.outgoing[:] = list(self.store.outgoing), []
        return [posted(each) for each in waiting]

    def _dealt_with(self) -> None:
        if self._at_once:
            self.send_webhooks()

    def acting(self) -> AbstractContextManager[None]:
        """Hold the store while something is done, and send the webhooks of it afterwards."""
        return self._acting()

    @contextmanager
    def _acting(self) -> Iterator[None]:
        with self.store.lock:
            yield
        self._dealt_with()

    # --- what goes wrong -------------------------------------------------------------------------

    def next(
        self,
        *,
        status: int = 0,
        body: Any = None,
        words: str = "Something went wrong.",
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        cut: bool = False,
        garbage: bool = False,
        perform: bool = False,
        times: int = 1,
        method: str = "",
        path: str = "",
    ) -> None:
        """Let the next call go wrong, or the next *times* calls.

        *status*: answer with an error that says *words*, or with *body*: JSON, or a text as it stands.
        *delay*: wait so many seconds first. *cut*: close the connection in place of an answer. *garbage*:
        answer with a page. With *perform* the call is done all the same: `next(cut=True, perform=True,
        method="POST")` makes a create whose outcome the caller cannot know. *method* and *path*, which is
        without the prefix of the API and may hold `*`, say which calls are meant; others are answered well.
        """
        fault = Fault(
            status=status,
            body=body,
            words=words,
            headers=dict(headers or {}),
            delay=delay,
            cut=cut,
            garbage=garbage,
            perform=perform,
            times=times,
            method=method,
            path=path,
        )
        self._server.faults.add(fault)

    def heal(self) -> None:
        """Let nothing more go wrong."""
        self._server.faults.clear()

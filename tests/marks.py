"""A table of words: the smallest database into which a test can write, and look."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select

from booker_components.storage import Storage

_words = Table("words", MetaData(), Column("id", Integer, primary_key=True), Column("word", Text))


def marked(url: str) -> Storage:
    """Give a storage on *url*, in which the table is made."""
    storage = Storage(url)
    with storage.transaction() as connection:
        _words.create(connection)
    return storage


def mark(storage: Storage, word: str) -> None:
    """Write *word*."""
    with storage.transaction() as connection:
        connection.execute(insert(_words).values(word=word))


def marks(storage: Storage) -> list[str]:
    """Give all words, in the order in which they were written."""
    with storage.reading() as connection:
        return marks_on(connection)


def marks_on(connection: Connection) -> list[str]:
    """Give all words that *connection* sees."""
    return list(connection.scalars(select(_words.c.word).order_by(_words.c.id)))

"""Names put together from columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import polars as pl


def spelled(form: str, *columns: str) -> pl.Expr:
    """Return ``form`` with each ``{}`` replaced by a column; null where one of them is.

    ``polars.format`` does the same, and panics (as of 2.1) on columns of which a filter left a chunk empty.
    """
    return pl.concat_str(list(_parts(form, columns)))


def _parts(form: str, columns: tuple[str, ...]) -> Iterator[pl.Expr]:
    for text, column in zip_longest(form.split("{}"), columns):
        if text:
            yield pl.lit(text)
        if column is not None:
            yield pl.col(column).cast(pl.String)

"""The single values of a settings file, strict about their types: ``"16"`` is not a number."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from auditor.config.currencies import CURRENCIES
from auditor.model.evidence import Range

PAIR = 2


def wrong(message: str, *, hint: str = "", at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """Return an error whose sentence is ours; ``at`` lengthens the path to the offending key."""
    # Braces would be read as placeholders of the message.
    return PydanticCustomError("auditor", "{text}", {"text": message, "hint": hint, "at": at})


def listed(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds; pydantic checks it next
    """Return a single text as a list of one, so that ``names = "web-*"`` works."""
    return [value] if isinstance(value, str) else value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise wrong(f'"{value}" is not a URL', hint="write it with https://")
    return value.rstrip("/")


def _https(value: str) -> str:
    if urlsplit(value).scheme != "https":
        raise wrong(f'"{value}" is not https', hint="tokens are sent there, so only https is allowed")
    return value


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise wrong(f'"{value}" is not an ISO 4217 currency code', hint="such as KRW, EUR or USD")
    return value


def _span(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return _pair(value, "a number of minutes, or [low, high]")


def _sums(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return _pair(value, "a number, or [low, high]")


def _pair(value: Any, expected: str) -> Any:  # noqa: ANN401 - whatever the file holds
    pair = list(value) if isinstance(value, list | tuple) else [value, value]
    if len(pair) != PAIR or any(isinstance(each, bool) or not isinstance(each, int | float) for each in pair):
        raise wrong(f"must be {expected}")
    return tuple(float(each) for each in pair)


def _ordered(value: Range) -> Range:
    if not 0 <= value[0] <= value[1] < float("inf"):
        raise wrong(f"[{value[0]:g}, {value[1]:g}] must be 0 <= low <= high")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\r\n]*$")]
"""One line of text, not empty."""

Lines = Annotated[tuple[Line, ...], BeforeValidator(listed)]
"""Texts; one alone may stand without brackets."""

Seconds = Annotated[float, Field(strict=True, gt=0, le=86_400, allow_inf_nan=False)]
Minutes = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Money = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Weight = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]

Url = Annotated[Line, AfterValidator(_url)]
HttpsUrl = Annotated[Line, AfterValidator(_url), AfterValidator(_https)]
Currency = Annotated[str, AfterValidator(_currency)]

Span = Annotated[Range, AfterValidator(_ordered), BeforeValidator(_span)]
"""Minutes from low to high: ``5`` or ``[60, 240]``."""

Sums = Annotated[Range, AfterValidator(_ordered), BeforeValidator(_sums)]
"""A number, or one from low to high: ``12_000`` or ``[8_000, 15_000]``."""

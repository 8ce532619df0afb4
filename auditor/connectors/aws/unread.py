"""What a failed call is inside the connector: an exception with the gap it will become."""

from __future__ import annotations

from auditor.model.gap import Gap


class UnreadError(Exception):
    """A call did not give what was asked for; never leaves the connector.

    Attributes:
        gap: what to report.
        code: the provider's error code, empty where there is none.
    """

    def __init__(self, gap: Gap, *, code: str = "") -> None:
        super().__init__(gap.detail)
        self.gap = gap
        self.code = code

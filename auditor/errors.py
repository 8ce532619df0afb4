"""The exceptions this package raises on purpose.

    AuditorError                 base; message, hint, exit status
    +-- ConfigError              auditor.toml, manifest or arguments are wrong          (exit 2)
    +-- SnapshotError            a snapshot file cannot be read or written              (exit 2)
    +-- CatalogueError           an outage, law or connector description is wrong       (exit 2)
    +-- EstateError              needs that contradict each other                       (exit 2)
    +-- OutputError              a report cannot be written                             (exit 2)
    +-- CollectError             nothing could be collected                             (exit 4)
        +-- CredentialsError     no usable credentials                                  (exit 4)
            +-- CredentialsRefusedError  there are some, and they do not work           (exit 4)

Every error carries a hint: what the reader can do about it. SDK errors never leave the connectors'
session modules; there they become gaps or one of these.
"""

from __future__ import annotations

from typing import ClassVar


class AuditorError(Exception):
    """Base of all errors raised on purpose; ``str()`` is one line, ``hint`` says what to do."""

    exit_status: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(AuditorError):
    """A settings file or an argument is wrong; the message names file, key and line where known."""


class SnapshotError(AuditorError):
    """A snapshot is missing, truncated, not a snapshot, or from a newer version."""


class CatalogueError(AuditorError):
    """An entry of a catalogue (outage, connector, law) does not hold to its schema."""


class EstateError(AuditorError):
    """Declared needs cannot be compiled, such as two of one member."""


class OutputError(AuditorError):
    """A result cannot be written where it was asked for."""


class CollectError(AuditorError):
    """Nothing at all could be collected."""

    exit_status: ClassVar[int] = 4


class CredentialsError(CollectError):
    """No usable credentials for a provider that was asked for."""


class CredentialsRefusedError(CredentialsError):
    """Credentials that were found do not work: expired, mistyped, or of a profile that is not there."""

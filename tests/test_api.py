"""The public functions: what a program imports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import auditor
from auditor.config import parse_settings
from auditor.errors import CollectError, ConfigError, CredentialsError, CredentialsRefusedError
from auditor.inventory import InventoryBuilder
from auditor.inventory.snapshot import save
from auditor.progress import Progress

OFF = "[aws]\nenabled = false\n[azure]\nenabled = false\n"
ONE = OFF + '[[resources]]\nname = "web"\nkind = "aws.ec2.instance"\nregion = "ap-northeast-2"\n'
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_the_public_names_are_there() -> None:
    """Five names, listed and loadable; any other is an AttributeError."""
    assert {"Audit", "Inventory", "audit", "collect", "load"} <= set(dir(auditor))
    assert auditor.Inventory.__name__ == "Inventory"
    with pytest.raises(AttributeError, match="no attribute 'colect'"):
        getattr(auditor, "colect")  # noqa: B009 - mypy would refuse the plain spelling


def test_a_declared_estate_is_collected_saved_loaded_and_audited(tmp_path: Path) -> None:
    """The three functions work together, and the time is the caller's."""
    inventory = auditor.collect(parse_settings(ONE), now=NOW)
    save(inventory, tmp_path / "x.auditor")
    again = auditor.load(tmp_path / "x.auditor")
    assert inventory.taken_at == again.taken_at == "2026-11-20T09:00:00Z"
    assert auditor.audit(again) == auditor.audit(inventory)
    assert auditor.audit(again).inputs.resources == 1


def test_settings_given_on_loading_replace_the_declarations(tmp_path: Path) -> None:
    """What was declared then makes way for what is declared now."""
    save(auditor.collect(parse_settings(ONE), now=NOW), tmp_path / "x.auditor")
    assert len(auditor.load(tmp_path / "x.auditor", parse_settings(OFF))) == 0


def test_nothing_at_all_is_an_error() -> None:
    """An empty report would look like a clean one."""
    with pytest.raises(CollectError) as caught:
        auditor.collect(parse_settings(OFF), now=NOW)
    assert caught.value.exit_status == 4


def test_a_provider_that_fails_unexpectedly_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in a connector surfaces in the caller's thread."""
    from auditor.connectors import aws

    def broken(settings: object, builder: InventoryBuilder, progress: Progress) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(aws, "collect", broken)
    with pytest.raises(ZeroDivisionError):
        auditor.collect(parse_settings("[azure]\nenabled = false\n"), now=NOW)


def test_missing_credentials_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no provider left, the error says how to sign in."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    with pytest.raises(CredentialsError) as caught:
        auditor.collect(parse_settings("[azure]\nenabled = false\n"), now=NOW)
    assert "aws configure" in caught.value.hint


def test_credentials_that_do_not_work_are_not_told_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped profile is named; "no credentials were found" would send people the wrong way."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(CredentialsRefusedError, match="nobody"):
        auditor.collect(parse_settings("[azure]\nenabled = false\n"), now=NOW)


def test_credentials_that_do_not_work_leave_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside what else was read, a cloud whose credentials fail is a place not seen, asked for or not."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    inventory = auditor.collect(parse_settings(ONE.replace("[aws]\nenabled = false\n", "")), now=NOW)
    (gap,) = inventory.gaps
    assert (gap.provider, "nobody" in gap.detail) == ("aws", True)


def test_an_endpoint_nobody_can_read_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address without a scheme ends in one line, not in botocore's traceback."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost")
    with pytest.raises(ConfigError, match="Invalid endpoint: localhost"):
        auditor.collect(parse_settings("[azure]\nenabled = false\n"), now=NOW)

"""Classes of effort and kinds of change are complete data."""

from __future__ import annotations

import pytest

from auditor.model.efforts import ChangeKind, classes, kinds


def test_classes_rise_by_units() -> None:
    """Each class asks for more than the one before, and says what it means."""
    units = [each.units for each in classes().values()]
    assert units == sorted(set(units))
    assert units[0] > 0
    assert all(each.meaning for each in classes().values())


@pytest.mark.parametrize("kind", [pytest.param(each, id=name) for name, each in kinds().items()])
def test_a_kind_of_change_tells_everything(kind: ChangeKind) -> None:
    """Its class is one of the classes; it says what it takes for granted and what it may break."""
    assert kind.effort in classes()
    assert kind.title
    assert kind.granted
    assert kind.cautions

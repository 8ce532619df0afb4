"""What is known of providers' insides: every line has a source, and its outage bears it out."""

from __future__ import annotations

import pytest

from auditor.errors import CatalogueError
from auditor.model.places import region
from auditor.outages import catalogue
from auditor.outages.insides import (
    PROVIDERS,
    Once,
    StandsOn,
    home_of_control_plane,
    insides,
    parsed,
)
from auditor.outages.predicate import Column, PlaceAtom, atoms
from auditor.outages.schema import Outage

LINES = [line for provider in PROVIDERS for line in insides()[provider].stands_on]
SINGLE = [line for provider in PROVIDERS for line in insides()[provider].once]


def named(outage: Outage) -> set[str]:
    """Return the services that an outage's effects name, in domain ids or conditions."""
    found = set(outage.reach.services)
    for impact in outage.impacts:
        found |= {
            node.rpartition("/")[2] for node in (*impact.nodes, *([impact.cause] if impact.cause else []))
        }
        for atom in atoms(impact.where) if impact.where is not None else ():
            if isinstance(atom, PlaceAtom) and atom.column is Column.SERVICE:
                found |= set(atom.values)
            if isinstance(atom, PlaceAtom) and atom.column is Column.KIND:
                for kind in atom.values:
                    provider, service = kind.split(".")[:2]
                    found.add(f"microsoft.{service}" if provider == "azure" else service)
    return found


@pytest.mark.parametrize(
    "line", LINES, ids=lambda line: f"{line.provider}-{line.service}-{line.on}-{line.outage}"
)
def test_what_stands_on_what_is_borne_out_by_its_outage(line: StandsOn) -> None:
    """The outage that a line cites put out the one, and touched the other."""
    assert line.source
    assert line.service != line.on
    if line.outage is not None:
        outage = catalogue()[line.outage]
        assert outage.provider == line.provider
        assert line.service in named(outage)


@pytest.mark.parametrize("line", SINGLE, ids=lambda line: f"{line.provider}-{line.service}")
def test_a_service_that_exists_once_has_a_source_and_a_real_home(line: Once) -> None:
    """Homes are regions of the provider."""
    assert line.source.startswith("https://")
    assert line.home is None or region(line.provider, line.home) is not None
    assert line.outage is None or line.outage in catalogue()


def test_no_line_stands_twice() -> None:
    """One line per pair, or service."""
    pairs = [(line.provider, line.service, line.on) for line in LINES]
    assert len(pairs) == len(set(pairs))
    single = [(line.provider, line.service) for line in SINGLE]
    assert len(single) == len(set(single))


def test_the_home_of_a_control_plane_is_known_by_its_id() -> None:
    """IAM is changed in Virginia; a regional control plane has no other home."""
    found = home_of_control_plane("control-plane:aws/iam")
    assert found is not None
    assert found.home == "us-east-1"
    assert home_of_control_plane("control-plane:aws/us-east-1/ec2") is None
    assert home_of_control_plane("region:aws/us-east-1") is None


@pytest.mark.parametrize(
    "text",
    [
        "schema = 2\nprovider = 'aws'\n",
        "schema = 1\nprovider = 'aws'\n[[stands_on]]\nservice = 'a'\non = 'b'\nplane = 'data'\nwhat = 'c'\n",
        "schema = 1\nprovider = 'aws'\n[[once]]\nservice = 'a'\nplane = 'both'\nwhat = 'c'\noutage = 'no'\n",
        "schema = 1\nprovider = 'aws'\n[[once]]\nservice = 'a'\nplane = 'all'\nwhat = 'c'\nsource = 'https://x'\n",
        "schema = ",
    ],
)
def test_a_file_that_does_not_hold_to_its_form_is_refused(text: str) -> None:
    """Unknown planes, lines without a source and other schemas are one line of error."""
    with pytest.raises(CatalogueError, match="knowledge of mine") as caught:
        parsed("mine", text)
    assert "\n" not in str(caught.value)

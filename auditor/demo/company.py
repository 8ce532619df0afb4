"""The embedded default: a sample company on local stand-ins, read by the real connectors.

Hanbit is made up: a Korean online retailer with an airline-booking arm. Its AWS side lives on moto's server,
its Azure side on our ARM stand-in, both on loopback: nothing leaves the machine, no credentials are needed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from auditor.config import Settings, load_settings
from auditor.connectors import aws, azure
from auditor.connectors.manifest import declare
from auditor.errors import ConfigError
from auditor.inventory import Inventory, InventoryBuilder
from auditor.progress import Progress, SilentProgress

SETTINGS_FILE = Path(__file__).with_name("auditor.toml")
STAGE = "build the sample company"


def settings() -> Settings:
    """Return the sample company's settings, without the addresses of its stand-ins."""
    return load_settings(SETTINGS_FILE)


def collect_demo(progress: Progress | None = None) -> Inventory:
    """Start the stand-ins, fill them, read them with the real connectors, and stop them.

    Raises:
        ConfigError: the ``demo`` extra is not installed.
    """
    progress = progress or SilentProgress()
    with stand_ins(progress) as wanted:
        builder = InventoryBuilder(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        aws.collect(wanted.aws, builder, progress)
        azure.collect(wanted.azure, builder, progress)
    return declare(builder.build(), wanted)


@contextmanager
def stand_ins(progress: Progress) -> Iterator[Settings]:
    """Run both stand-ins, filled; yield the settings that point at them."""
    try:
        import trustme  # noqa: F401 - the ARM stand-in makes its certificates with it
        from moto.server import ThreadedMotoServer

        from auditor.demo.arm import ArmServer, Subscription
    except ImportError as error:
        raise ConfigError(
            f"the demo needs packages that are not installed ({error.name})",
            hint="pip install 'cross-cloud-auditor[demo]'",
        ) from error
    from auditor.demo import aws_estate, azure_estate

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # moto's server logs every request
    progress.start(STAGE, 2)
    with ExitStack() as running:
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        running.callback(server.stop)
        host, port = server.get_host_and_port()
        aws_estate.build(f"http://{host}:{port}")
        progress.step(STAGE, note="AWS")
        subscription = Subscription(
            id=azure_estate.SUBSCRIPTION, name="Hanbit", resources=azure_estate.bodies()
        )
        arm = running.enter_context(ArmServer(subscriptions=(subscription,)))
        progress.step(STAGE, note="Azure")
        progress.done(STAGE)
        running.enter_context(_environment(arm.environment() | _aws_environment()))
        base = settings()
        yield base.model_copy(
            update={
                "aws": base.aws.model_copy(update={"endpoint_url": f"http://{host}:{port}", "enabled": True}),
                "azure": base.azure.model_copy(
                    update={
                        "endpoint": arm.endpoint,
                        "authority": arm.endpoint,
                        "ca_file": arm.ca_file,
                        "enabled": True,
                    }
                ),
            }
        )


def _aws_environment() -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_SESSION_TOKEN": "",
        "AWS_PROFILE": "",
        "AWS_DEFAULT_REGION": "ap-northeast-2",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables (empty: unset), and put back what was there."""
    before = {name: os.environ.get(name) for name in values}
    try:
        for name, value in values.items():
            if value:
                os.environ[name] = value
            else:
                os.environ.pop(name, None)
        yield
    finally:
        for name, old in before.items():
            if old is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = old

"""What the user declares: resources, workloads, vendors, facts of fleets, and ``auditor:`` tags."""

from auditor.connectors.manifest.declaring import declare

__all__ = ["declare"]

"""Resources that serve other resources and are no service of their own.

Kinds that are described say so themselves, as the fact ``support``.
"""

from __future__ import annotations

import fnmatch

import numpy as np
import polars as pl

from auditor.estate.alike import alike
from auditor.inventory import Inventory

SUPPORT = (
    "aws.acm.*",
    "aws.autoscaling.launchconfiguration",
    "aws.cloudwatch.*",
    "aws.ec2.elasticip",
    "aws.ec2.image",
    "aws.ec2.internetgateway",
    "aws.ec2.launchtemplate",
    "aws.ec2.natgateway",
    "aws.ec2.networkinterface",
    "aws.ec2.routetable",
    "aws.ec2.securitygroup",
    "aws.ec2.snapshot",
    "aws.ec2.vpcendpoint",
    "aws.iam.*",
    "aws.kms.*",
    "aws.logs.*",
    "aws.rds.subnetgroup",
    "azure.authorization.*",
    "azure.compute.images",
    "azure.compute.proximityplacementgroups",
    "azure.compute.sshpublickeys",
    "azure.insights.*",
    "azure.managedidentity.*",
    "azure.network.networkwatchers",
    "azure.network.networkwatchers.*",
    "azure.network.privatednszones",
    "azure.network.privatednszones.*",
    "azure.network.privateendpoints",
    "azure.network.publicipprefixes",
    "azure.network.virtualnetworks.*",
    "azure.operationalinsights.*",
    "azure.web.certificates",
)
"""Shell patterns of kinds that nobody describes: never the root of a workload that has anything else."""


def is_support(inventory: Inventory) -> pl.Series:
    """Return per resource whether it only serves others."""
    kinds = inventory.resources["kind"]
    groups = alike(kinds)
    chosen = [
        any(fnmatch.fnmatchcase(kind, pattern) for pattern in SUPPORT) for kind in kinds.gather(groups.first)
    ]
    serving = np.array(chosen, np.bool_)[groups.group]
    stated = inventory.fact_frame("support")
    serving[stated["resource"].to_numpy()] = (stated["value"] == "true").to_numpy()
    return pl.Series("support", serving)

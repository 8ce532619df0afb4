"""Kinds that serve other resources and are no service of their own."""

from __future__ import annotations

import fnmatch

import polars as pl

SUPPORT = (
    "aws.acm.*",
    "aws.autoscaling.launchconfiguration",
    "aws.cloudwatch.*",
    "aws.ec2.dhcpoptions",
    "aws.ec2.elasticip",
    "aws.ec2.image",
    "aws.ec2.internetgateway",
    "aws.ec2.launchtemplate",
    "aws.ec2.natgateway",
    "aws.ec2.networkinterface",
    "aws.ec2.routetable",
    "aws.ec2.securitygroup",
    "aws.ec2.snapshot",
    "aws.ec2.subnet",
    "aws.ec2.volume",
    "aws.ec2.vpc",
    "aws.ec2.vpcendpoint",
    "aws.ecs.cluster",
    "aws.ecs.taskdefinition",
    "aws.elbv2.listener",
    "aws.elbv2.targetgroup",
    "aws.iam.*",
    "aws.kms.*",
    "aws.logs.*",
    "aws.rds.subnetgroup",
    "aws.route53.healthcheck",
    "aws.route53.zone",
    "azure.authorization.*",
    "azure.cdn.profiles.origingroups",
    "azure.compute.availabilitysets",
    "azure.compute.disks",
    "azure.compute.images",
    "azure.compute.proximityplacementgroups",
    "azure.compute.snapshots",
    "azure.compute.sshpublickeys",
    "azure.compute.virtualmachines.extensions",
    "azure.insights.*",
    "azure.managedidentity.*",
    "azure.network.applicationgateways.backendaddresspools",
    "azure.network.frontdoors.backendpools",
    "azure.network.loadbalancers.backendaddresspools",
    "azure.network.natgateways",
    "azure.network.networkinterfaces",
    "azure.network.networksecuritygroups",
    "azure.network.networkwatchers",
    "azure.network.networkwatchers.*",
    "azure.network.privatednszones",
    "azure.network.privatednszones.*",
    "azure.network.privateendpoints",
    "azure.network.publicipaddresses",
    "azure.network.publicipprefixes",
    "azure.network.routetables",
    "azure.network.virtualnetworks",
    "azure.network.virtualnetworks.*",
    "azure.operationalinsights.*",
    "azure.sql.servers",
    "azure.web.certificates",
    "azure.web.serverfarms",
)
"""Shell patterns of kinds: never the root of a workload that has anything else."""


def is_support(kinds: pl.Series) -> pl.Series:
    """Return which kinds only serve other resources."""
    distinct = kinds.unique().sort()
    chosen = [kind for kind in distinct if any(fnmatch.fnmatchcase(kind, pattern) for pattern in SUPPORT)]
    return kinds.is_in(chosen)

"""EC2: networks, machines and their disks."""

from __future__ import annotations

import dataclasses

from auditor.connectors.aws.catalogue._common import with_aliases, with_fact
from auditor.connectors.aws.link import address
from auditor.connectors.aws.spec import AwsSpec, Call, Draft, FactField, Lookup, NeedField
from auditor.connectors.extract import items, read, text, texts
from auditor.model.resource import Resource

DISTRIBUTIONS = (
    ("windows", "windows-server"),
    ("red hat", "rhel"),
    ("rhel", "rhel"),
    ("suse", "sles"),
    ("ubuntu", "ubuntu"),
)
"""What PlatformDetails says of the distribution; plain ``Linux/UNIX`` says nothing."""

TABLES, GATEWAYS = "RouteTables", "NatGateways"
_BY_DEFAULT = "Routes[?DestinationCidrBlock=='0.0.0.0/0'].NatGatewayId"


def _instance(draft: Draft) -> Resource | None:
    resource, item = draft.resource, draft.item
    if text("State.Name", item) in {"terminated", "shutting-down"}:
        return None
    details = (text("PlatformDetails", item) or "").lower()
    windows = (text("Platform", item) or "").lower() == "windows" or details.startswith("windows")
    mac = (text("InstanceType", item) or "").startswith("mac")
    family = "windows" if windows else "macos" if mac else "linux"
    made = with_fact(resource, "os", family, origin="ec2:DescribeInstances Platform")
    distribution = next((name for word, name in DISTRIBUTIONS if word in details), None)
    if windows or distribution:
        made = with_fact(
            made,
            "os_distribution",
            distribution or "windows-server",
            origin="ec2:DescribeInstances PlatformDetails",
        )
    vpc = text("VpcId", item)
    addresses = texts("NetworkInterfaces[].PrivateIpAddresses[].PrivateIpAddress", item)
    own = texts("PrivateIpAddress", item)
    return with_aliases(made, *(address(vpc, ip) for ip in (*own, *addresses) if vpc))


def _dhcp(draft: Draft) -> Resource:
    resource, item = draft.resource, draft.item
    servers = texts("DhcpConfigurations[?Key=='domain-name-servers'].Values[].Value", item)
    return (
        with_fact(resource, "dns.servers", servers, origin="ec2:DescribeDhcpOptions") if servers else resource
    )


def _vpc(draft: Draft) -> Resource:
    resource = draft.resource
    # options named "default" are no options set: such a network has no DNS servers at all
    needs = tuple(need for need in resource.needs if need.members[0].ref != "default")
    return dataclasses.replace(resource, needs=needs)


def _subnet(draft: Draft) -> Resource:
    """Tell the NAT gateways of the default route: in its own table, else in the network's main one."""
    resource, item = draft.resource, draft.item
    tables = items(TABLES, item)
    own = [table for table in tables if text("SubnetId", item) in texts("Associations[].SubnetId", table)]
    main = [table for table in tables if read("Associations[?Main] | [0]", table)]
    found = [name for table in own or main for name in texts(_BY_DEFAULT, table)]
    if not found:
        return resource
    homes = {
        subnet
        for gateway in items(GATEWAYS, item)
        if text("NatGatewayId", gateway) in found and (subnet := text("SubnetId", gateway))
    }
    gateways = tuple(sorted(draft.where.arn("ec2", f"natgateway/{name}") for name in set(found)))
    made = with_fact(resource, "egress", gateways, origin="ec2:DescribeRouteTables")
    if not homes:
        return made
    return with_fact(made, "egress.subnets", tuple(sorted(homes)), origin="ec2:DescribeNatGateways")


SPECS = (
    AwsSpec(
        kind="aws.ec2.vpc",
        title="virtual network",
        support=True,
        service="ec2",
        call=Call(operation="DescribeVpcs", items="Vpcs", page_size=1000),
        id="VpcId",
        aliases=("VpcId",),
        arn_of="arn:{partition}:ec2:{region}:{account}:vpc/{id}",
        facts=(
            FactField(
                name="cidrs",
                path="[CidrBlockAssociationSet[].CidrBlock, CidrBlock,"
                " Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock]",
            ),
        ),
        needs=(NeedField(role="dhcp", path="DhcpOptionsId"),),
        refine=_vpc,
    ),
    AwsSpec(
        kind="aws.ec2.dhcpoptions",
        title="DHCP options",
        support=True,
        service="ec2",
        call=Call(operation="DescribeDhcpOptions", items="DhcpOptions", page_size=1000),
        id="DhcpOptionsId",
        aliases=("DhcpOptionsId",),
        arn_of="arn:{partition}:ec2:{region}:{account}:dhcp-options/{id}",
        refine=_dhcp,
    ),
    AwsSpec(
        kind="aws.ec2.subnet",
        title="subnet",
        support=True,
        service="ec2",
        call=Call(operation="DescribeSubnets", items="Subnets", page_size=1000),
        id="SubnetId",
        aliases=("SubnetId",),
        arn="SubnetArn",
        arn_of="arn:{partition}:ec2:{region}:{account}:subnet/{id}",
        zones="AvailabilityZoneId || AvailabilityZone",
        facts=(FactField(name="cidrs", path="[CidrBlock, Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock]"),),
        lookups=(
            Lookup(
                call=Call(operation="DescribeRouteTables", items="RouteTables", page_size=100),
                into=TABLES,
                match=("VpcId", "VpcId"),
            ),
            Lookup(
                call=Call(operation="DescribeNatGateways", items="NatGateways", page_size=1000),
                into=GATEWAYS,
                match=("VpcId", "VpcId"),
            ),
        ),
        needs=(NeedField(role="vpc", path="VpcId"),),
        refine=_subnet,
    ),
    AwsSpec(
        kind="aws.ec2.volume",
        title="disk",
        support=True,
        service="ec2",
        call=Call(operation="DescribeVolumes", items="Volumes", page_size=500),
        id="VolumeId",
        aliases=("VolumeId",),
        arn_of="arn:{partition}:ec2:{region}:{account}:volume/{id}",
        zones="AvailabilityZoneId || AvailabilityZone",
        facts=(
            FactField(name="disk.sku", path="VolumeType"),
            FactField(name="state", path="State"),
            FactField(name="encryption_key", path="KmsKeyId"),
        ),
    ),
    AwsSpec(
        kind="aws.ec2.instance",
        title="virtual machine",
        assumed=(("host", True), ("resolver", "vpc")),
        service="ec2",
        call=Call(operation="DescribeInstances", items="Reservations[].Instances[]", page_size=1000),
        id="InstanceId",
        arn_of="arn:{partition}:ec2:{region}:{account}:instance/{id}",
        zones="Placement.AvailabilityZoneId || Placement.AvailabilityZone",
        facts=(
            FactField(name="state", path="State.Name"),
            FactField(name="sku", path="InstanceType"),
            FactField(name="image", path="ImageId"),
            FactField(name="identity", path="[IamInstanceProfile.Arn]"),
            FactField(name="launch_template", path="Tags[?Key=='aws:ec2launchtemplate:id'].Value | [0]"),
        ),
        aliases=(
            "InstanceId",
            "PrivateDnsName",
            "PublicDnsName",
            "PublicIpAddress",
            "NetworkInterfaces[].Association.PublicIp",
            "NetworkInterfaces[].PrivateIpAddresses[].Association.[PublicIp, PublicDnsName]",
        ),
        needs=(
            NeedField(role="vpc", path="VpcId"),
            NeedField(role="subnet", path="SubnetId"),
            NeedField(role="disk", path="BlockDeviceMappings[].Ebs.VolumeId"),
        ),
        refine=_instance,
    ),
)

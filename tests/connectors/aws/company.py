"""A small company on moto: one of each kind, in Seoul with a foot in Tokyo."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

import boto3

ACCOUNT = "123456789012"
SEOUL, TOKYO = "ap-northeast-2", "ap-northeast-1"
REGIONS = (TOKYO, SEOUL, "us-east-1")
SECRET = "hunter2-do-not-keep"


@dataclass
class Company:
    """Clients, and the ids of what was made, by the name the tests call it."""

    endpoint: str
    ids: dict[str, str] = field(default_factory=dict)
    session: Any = field(
        default_factory=lambda: boto3.session.Session(
            aws_access_key_id="testing", aws_secret_access_key="testing"
        )
    )

    def client(self, service: str, region: str = SEOUL) -> Any:
        return self.session.client(service, region_name=region, endpoint_url=self.endpoint)


def founded(endpoint: str) -> Company:
    """Fill the account behind an endpoint."""
    company = Company(endpoint)
    for step in (
        _network,
        _machines,
        _balancers,
        _scaling,
        _databases,
        _storage,
        _messages,
        _functions,
        _containers,
        _apis,
        _edge,
        _names,
    ):
        step(company)
    return company


def _network(company: Company) -> None:
    ec2, ids = company.client("ec2"), company.ids
    ids["vpc"] = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    for at, letter in enumerate("abc"):
        subnet = ec2.create_subnet(
            VpcId=ids["vpc"], CidrBlock=f"10.1.{at}.0/24", AvailabilityZone=f"{SEOUL}{letter}"
        )
        ids[f"subnet-{letter}"] = subnet["Subnet"]["SubnetId"]
    options = ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["10.1.0.10", "192.0.2.53"]}]
    )["DhcpOptions"]
    ids["dhcp"] = options["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=ids["dhcp"], VpcId=ids["vpc"])


def _machines(company: Company) -> None:
    ec2, ids = company.client("ec2"), company.ids
    windows, linux = "ami-03cf127a", "ami-1e749f67"  # of moto's own list
    for name, image, letter in (
        ("web-a", linux, "a"),
        ("web-b", linux, "b"),
        ("till", windows, "c"),
        ("idle", linux, "c"),
    ):
        tags = [{"Key": "Name", "Value": name}, {"Key": "auditor:agent.crowdstrike-falcon", "Value": "7.11"}]
        made = ec2.run_instances(
            ImageId=image,
            MinCount=1,
            MaxCount=1,
            SubnetId=ids[f"subnet-{letter}"],
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
        )["Instances"][0]
        ids[name], ids[f"{name}-ip"] = made["InstanceId"], made["PrivateIpAddress"]
    gone = ec2.run_instances(ImageId=linux, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[gone])
    ids["gone"] = gone


def _balancers(company: Company) -> None:
    elb, ids = company.client("elbv2"), company.ids
    subnets = [ids["subnet-a"], ids["subnet-b"]]
    for name, scheme, kind in (("shop", "internet-facing", "application"), ("inner", "internal", "network")):
        made = elb.create_load_balancer(Name=name, Subnets=subnets, Scheme=scheme, Type=kind)
        ids[f"lb-{name}"] = made["LoadBalancers"][0]["LoadBalancerArn"]
        ids[f"lb-{name}-dns"] = made["LoadBalancers"][0]["DNSName"]
    elb.add_tags(ResourceArns=[ids["lb-shop"]], Tags=[{"Key": "workload", "Value": "shop"}])
    for name, kind in (("web", "instance"), ("images", "instance"), ("pods", "ip"), ("tasks", "ip")):
        made = elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=ids["vpc"], TargetType=kind)
        ids[f"tg-{name}"] = made["TargetGroups"][0]["TargetGroupArn"]
    for name, targets in (
        ("web", [ids["web-a"], ids["web-b"], ids["idle"]]),
        ("images", [ids["till"]]),
        ("pods", [ids["web-a-ip"], "10.1.2.99"]),
        ("tasks", ["10.1.0.77"]),
    ):
        elb.register_targets(TargetGroupArn=ids[f"tg-{name}"], Targets=[{"Id": target} for target in targets])
    company.client("ec2").stop_instances(InstanceIds=[ids["idle"]])
    redirect = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS"}}
    _listen(company, "redirect", "shop", 80, redirect)
    _listen(company, "web", "shop", 8443, {"Type": "forward", "TargetGroupArn": ids["tg-web"]})
    elb.create_rule(
        ListenerArn=ids["listener-web"],
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/images/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": ids["tg-images"]}],
    )
    _listen(company, "pods", "inner", 81, {"Type": "forward", "TargetGroupArn": ids["tg-pods"]})
    _listen(company, "tasks", "inner", 82, {"Type": "forward", "TargetGroupArn": ids["tg-tasks"]})


def _listen(company: Company, name: str, balancer: str, port: int, action: dict[str, Any]) -> None:
    protocol = "HTTP" if balancer == "shop" else "TCP"
    made = company.client("elbv2").create_listener(
        LoadBalancerArn=company.ids[f"lb-{balancer}"], Protocol=protocol, Port=port, DefaultActions=[action]
    )
    company.ids[f"listener-{name}"] = made["Listeners"][0]["ListenerArn"]


def _scaling(company: Company) -> None:
    ids = company.ids
    template = company.client("ec2").create_launch_template(
        LaunchTemplateName="fleet",
        LaunchTemplateData={"ImageId": "ami-1e749f67", "InstanceType": "t3.small"},
    )["LaunchTemplate"]["LaunchTemplateId"]
    ids["template"] = template
    elb = company.client("elbv2")
    made = elb.create_target_group(Name="fleet", Protocol="HTTP", Port=80, VpcId=ids["vpc"])
    ids["tg-fleet"] = made["TargetGroups"][0]["TargetGroupArn"]
    _listen(company, "fleet", "shop", 8080, {"Type": "forward", "TargetGroupArn": ids["tg-fleet"]})
    scaling = company.client("autoscaling")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="fleet",
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        MinSize=3,
        MaxSize=6,
        DesiredCapacity=4,
        VPCZoneIdentifier=f"{ids['subnet-a']},{ids['subnet-b']}",
        TargetGroupARNs=[ids["tg-fleet"]],
    )
    group = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    ids["asg"] = group["AutoScalingGroupARN"]


def _databases(company: Company) -> None:
    rds, ids = company.client("rds"), company.ids
    rds.create_db_subnet_group(
        DBSubnetGroupName="db",
        DBSubnetGroupDescription="db",
        SubnetIds=[ids["subnet-a"], ids["subnet-b"], ids["subnet-c"]],
    )
    common = {"DBInstanceClass": "db.t3.small", "MasterUsername": "root", "MasterUserPassword": "password1"}
    made = rds.create_db_instance(
        DBInstanceIdentifier="orders",
        Engine="postgres",
        AllocatedStorage=20,
        MultiAZ=True,
        DBSubnetGroupName="db",
        **common,
    )["DBInstance"]
    ids["db"], ids["db-host"] = made["DBInstanceArn"], made["Endpoint"]["Address"]
    replica = company.client("rds", TOKYO).create_db_instance_read_replica(
        DBInstanceIdentifier="orders-tokyo", SourceDBInstanceIdentifier=ids["db"], SourceRegion=SEOUL
    )["DBInstance"]
    ids["db-replica"] = replica["DBInstanceArn"]
    cluster = rds.create_db_cluster(
        DBClusterIdentifier="ledger",
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="password1",
        DBSubnetGroupName="db",
    )["DBCluster"]
    ids["cluster"] = cluster["DBClusterArn"]
    for name in ("ledger-1", "ledger-2"):
        made = rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="aurora-postgresql",
            DBInstanceClass="db.r5.large",
            DBClusterIdentifier="ledger",
        )["DBInstance"]
        ids[name] = made["DBInstanceArn"]
    _global_database(company)
    table = company.client("dynamodb").create_table(
        TableName="carts",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        Tags=[{"Key": "workload", "Value": "shop"}],
    )["TableDescription"]
    ids["table"] = table["TableArn"]
    company.client("dynamodb").update_table(
        TableName="carts", ReplicaUpdates=[{"Create": {"RegionName": TOKYO}}]
    )
    cache = company.client("elasticache").create_replication_group(
        ReplicationGroupId="sessions",
        ReplicationGroupDescription="sessions",
        Engine="redis",
        CacheNodeType="cache.t3.micro",
        NumCacheClusters=2,
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        Tags=[{"Key": "workload", "Value": "shop"}],
    )["ReplicationGroup"]
    ids["cache"] = cache["ARN"]


def _global_database(company: Company) -> None:
    rds, ids = company.client("rds"), company.ids
    made = rds.create_global_cluster(GlobalClusterIdentifier="books", Engine="aurora-postgresql")[
        "GlobalCluster"
    ]
    ids["global"], ids["global-host"] = made["GlobalClusterArn"], made["Endpoint"]
    for name, region in (("books-seoul", SEOUL), ("books-tokyo", TOKYO)):
        cluster = company.client("rds", region).create_db_cluster(
            DBClusterIdentifier=name, Engine="aurora-postgresql", GlobalClusterIdentifier="books"
        )["DBCluster"]
        ids[name] = cluster["DBClusterArn"]


def _storage(company: Company) -> None:
    s3 = company.client("s3")
    company.client("s3", "us-east-1").create_bucket(Bucket="company-old")
    for name, region in (("company-site", SEOUL), ("company-copy", TOKYO), ("company-away", "eu-central-1")):
        client = company.client("s3", region)
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="company-site", Tagging={"TagSet": [{"Key": "workload", "Value": "site"}]})
    rule = {
        "ID": "all",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::company-copy"},
    }
    s3.put_bucket_replication(
        Bucket="company-site",
        ReplicationConfiguration={"Role": f"arn:aws:iam::{ACCOUNT}:role/copy", "Rules": [rule]},
    )


def _messages(company: Company) -> None:
    sqs, ids = company.client("sqs"), company.ids
    dead = sqs.create_queue(QueueName="orders-dead")["QueueUrl"]
    ids["queue-dead"] = f"arn:aws:sqs:{SEOUL}:{ACCOUNT}:orders-dead"
    redrive = json.dumps({"deadLetterTargetArn": ids["queue-dead"], "maxReceiveCount": 3})
    sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": redrive}, tags={"workload": "shop"})
    ids["queue"] = f"arn:aws:sqs:{SEOUL}:{ACCOUNT}:orders"
    sns = company.client("sns")
    ids["topic"] = sns.create_topic(Name="placed", Tags=[{"Key": "workload", "Value": "shop"}])["TopicArn"]
    sns.subscribe(TopicArn=ids["topic"], Protocol="sqs", Endpoint=ids["queue"])
    sns.subscribe(TopicArn=ids["topic"], Protocol="email", Endpoint="ops@example.com")
    assert dead


def _functions(company: Company) -> None:
    ids = company.ids
    role = company.client("iam", "us-east-1").create_role(RoleName="run", AssumeRolePolicyDocument="{}")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    variables = {
        "DB_URL": f"postgres://app:{SECRET}@{ids['db-host']}:5432/orders",
        "QUEUE_URL": f"https://sqs.{SEOUL}.amazonaws.com/{ACCOUNT}/orders",
        "TOPIC": ids["topic"],
        "API_TOKEN": SECRET,
        "MODE": "production",
    }
    made = company.client("lambda").create_function(
        FunctionName="checkout",
        Runtime="python3.11",
        Role=role["Role"]["Arn"],
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": variables},
        VpcConfig={"SubnetIds": [ids["subnet-a"], ids["subnet-b"]], "SecurityGroupIds": ["sg-1"]},
        Tags={"workload": "shop"},
    )
    ids["function"] = made["FunctionArn"]
    company.client("lambda").create_event_source_mapping(
        EventSourceArn=ids["queue"], FunctionName="checkout", Enabled=True
    )


def _containers(company: Company) -> None:
    ecs, eks, ids = company.client("ecs"), company.client("eks"), company.ids
    ids["ecs"] = ecs.create_cluster(clusterName="apps", tags=[{"key": "workload", "value": "apps"}])[
        "cluster"
    ]["clusterArn"]
    task = ecs.register_task_definition(
        family="api",
        networkMode="awsvpc",
        containerDefinitions=[
            {
                "name": "api",
                "image": "api:1",
                "memory": 128,
                "environment": [{"name": "DB", "value": f"Server={ids['db-host']},5432;Password={SECRET}"}],
            }
        ],
    )["taskDefinition"]
    ids["task"] = task["taskDefinitionArn"]
    network = {"awsvpcConfiguration": {"subnets": [ids["subnet-a"], ids["subnet-b"]], "securityGroups": []}}
    made = ecs.create_service(
        cluster="apps",
        serviceName="api",
        taskDefinition="api",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=network,
        loadBalancers=[{"targetGroupArn": ids["tg-tasks"], "containerName": "api", "containerPort": 80}],
    )
    ids["service"] = made["service"]["serviceArn"]
    role = f"arn:aws:iam::{ACCOUNT}:role/eks"
    subnets = [ids["subnet-a"], ids["subnet-b"]]
    ids["eks"] = eks.create_cluster(name="pods", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})[
        "cluster"
    ]["arn"]
    made = eks.create_nodegroup(clusterName="pods", nodegroupName="nodes", subnets=subnets, nodeRole=role)
    ids["nodegroup"] = made["nodegroup"]["nodegroupArn"]


def _apis(company: Company) -> None:
    ids = company.ids
    v1, v2 = company.client("apigateway"), company.client("apigatewayv2")
    ids["rest"] = v1.create_rest_api(name="orders")["id"]
    root = v1.get_resources(restApiId=ids["rest"])["items"][0]["id"]
    v1.put_method(restApiId=ids["rest"], resourceId=root, httpMethod="POST", authorizationType="NONE")
    v1.put_integration(
        restApiId=ids["rest"],
        resourceId=root,
        httpMethod="POST",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:{SEOUL}:lambda:path/2015-03-31/functions/{ids['function']}/invocations",
    )
    ids["http"] = v2.create_api(Name="orders-http", ProtocolType="HTTP", Tags={"workload": "shop"})["ApiId"]
    v2.create_integration(
        ApiId=ids["http"],
        IntegrationType="AWS_PROXY",
        IntegrationUri=ids["function"],
        PayloadFormatVersion="2.0",
    )


def _edge(company: Company) -> None:
    behaviour = {
        "TargetOriginId": "site",
        "ViewerProtocolPolicy": "redirect-to-https",
        "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
    }
    origins = [
        {
            "Id": "site",
            "DomainName": f"company-site.s3.{SEOUL}.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
    ]
    made = company.client("cloudfront", "us-east-1").create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "site",
            "Enabled": True,
            "Aliases": {"Quantity": 1, "Items": ["www.example.com"]},
            "Origins": {"Quantity": 1, "Items": origins},
            "DefaultCacheBehavior": behaviour,
        }
    )["Distribution"]
    company.ids["cdn"], company.ids["cdn-host"] = made["ARN"], made["DomainName"]


def _names(company: Company) -> None:
    dns, ids = company.client("route53", "us-east-1"), company.ids
    zone = dns.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    ids["zone"] = zone.rsplit("/", maxsplit=1)[-1]
    dns.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=ids["zone"], AddTags=[{"Key": "workload", "Value": "names"}]
    )
    ids["check"] = dns.create_health_check(
        CallerReference="1",
        HealthCheckConfig={
            "Type": "HTTPS",
            "FullyQualifiedDomainName": "shop.example.com",
            "RequestInterval": 10,
            "FailureThreshold": 3,
        },
    )["HealthCheck"]["Id"]
    checked = {"HealthCheckId": ids["check"]}
    records = [
        _cname("www", ids["cdn-host"]),
        _cname("shop", ids["lb-shop-dns"], SetIdentifier="seoul", Failover="PRIMARY", **checked),
        _cname("shop", "standby.example.net", SetIdentifier="tokyo", Failover="SECONDARY"),
        _cname("pay", ids["lb-shop-dns"], SetIdentifier="a", Weight=100, **checked),
        _cname("pay", "pay.example.net", SetIdentifier="b", Weight=100),
        _cname("near", ids["lb-shop-dns"], SetIdentifier="a", Region=SEOUL),
        _cname("near", "near.example.net", SetIdentifier="b", Region=TOKYO),
        _cname("_0123", "proof.acm-validations.aws"),
        {"Name": "example.com", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"v=spf1"'}]},
        {"Name": "ip.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
    ]
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    dns.change_resource_record_sets(HostedZoneId=ids["zone"], ChangeBatch={"Changes": changes})


def _cname(name: str, target: str, **routing: Any) -> dict[str, Any]:
    return {
        "Name": f"{name}.example.com",
        "Type": "CNAME",
        "TTL": 30,
        "ResourceRecords": [{"Value": target}],
        **routing,
    }

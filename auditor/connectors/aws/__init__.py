"""The AWS connector, over boto3."""

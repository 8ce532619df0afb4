"""The Azure connector, over the Azure SDKs."""

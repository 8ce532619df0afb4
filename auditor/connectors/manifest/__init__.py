"""What no API shows: declared workloads, vendors, resources and fleets."""

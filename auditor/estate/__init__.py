"""From inventory to compiled dependency graph."""

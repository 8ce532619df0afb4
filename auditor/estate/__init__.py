"""From inventory to compiled dependency graph."""

from auditor.estate.assemble import build
from auditor.estate.graph import CompiledPlan, Estate, Graph, NodeKind
from auditor.estate.reach import closure, in_use, needs_of

__all__ = ["CompiledPlan", "Estate", "Graph", "NodeKind", "build", "closure", "in_use", "needs_of"]

"""From an audit to a document: order and words, no figures of its own."""

from auditor.report.document import Document, document, excerpt

__all__ = ["Document", "document", "excerpt"]

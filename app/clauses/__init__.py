"""Clauses (条款): a tree to browse, filters, full-text search, and the received text of a clause."""

"""The citation check: what an answer says is held against its quotes, the quotes against the clauses."""

"""要求台账 (the ledger of requirements): every duty with a frequency, deadline or threshold, read off the clauses."""

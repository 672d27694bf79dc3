"""要求台账 (the ledger of requirements): every duty with a frequency, a deadline or a threshold, read off the clauses."""

"""Lists of duties (责任清单): which office answers for which clause, by the brackets behind the clauses."""

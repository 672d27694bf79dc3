"""Understanding the question, hybrid search, fusion, and cited passages."""

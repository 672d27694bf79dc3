"""The answer written by an LLM, where there is one: what it says is shown only as far as it is held by the passages."""

"""The answer without an LLM: sentences chosen from what was found, composed in the notices' own words."""

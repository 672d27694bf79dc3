"""Prompt files with declared placeholders; read by the stage that talks to an LLM."""

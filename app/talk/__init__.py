"""The conversation: a turn that leans on those before it becomes a question of its own."""

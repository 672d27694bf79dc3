"""The tabs beside the chat: their components and events."""

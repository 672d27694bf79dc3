"""Cases and metrics that measure the answers."""

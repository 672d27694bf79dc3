"""Comparison of notices (对照): which clause answers to which, and how the two differ."""

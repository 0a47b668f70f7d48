"""Rules for a greenhouse."""

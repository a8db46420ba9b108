"""Validates payments and records what was decided."""

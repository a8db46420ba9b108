"""Brings the database schema up to date."""

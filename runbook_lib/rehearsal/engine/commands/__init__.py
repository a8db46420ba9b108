"""The commands of the embedded engine, one file for each group."""

"""What both functions need: a database connection."""

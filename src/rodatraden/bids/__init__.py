"""What was offered: sealed until two people open it."""

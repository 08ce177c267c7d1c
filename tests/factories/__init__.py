"""One module per room: objects made by calling the room's own verbs, with no surprises."""

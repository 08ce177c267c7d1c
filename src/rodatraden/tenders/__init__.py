"""Procurement documents: requirements, criteria, model, questions, deadlines."""

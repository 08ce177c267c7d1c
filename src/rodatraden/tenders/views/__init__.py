"""Pages of the documents, one module for each part of the work."""

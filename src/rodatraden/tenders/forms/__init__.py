"""What people type about the documents."""

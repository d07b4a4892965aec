"""What a job comes from: text, list files, folders, files."""

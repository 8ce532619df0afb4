"""One module per analysis; found by discovery."""

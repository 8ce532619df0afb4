"""One module per output format; found by discovery."""

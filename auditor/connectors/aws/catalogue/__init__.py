"""One module per AWS service; found by discovery."""

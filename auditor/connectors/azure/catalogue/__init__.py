"""One module per family of Azure types; found by discovery."""

"""The AWS connector: catalogue lint, a whole estate on moto, odd answers and failures."""

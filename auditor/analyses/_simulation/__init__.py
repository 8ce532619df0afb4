"""How outage years are simulated: the record to rates, rates to events, events to minutes out."""

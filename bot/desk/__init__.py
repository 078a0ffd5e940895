"""The use cases: what happens to a mail and what agents do with a ticket."""

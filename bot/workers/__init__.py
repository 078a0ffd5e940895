"""The outbox worker: claim, act, record. The only place that performs outgoing effects."""

"""Acts. The HTTP and Slack edges, the use cases, the outbox worker and the adapters of outside services."""

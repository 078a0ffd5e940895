"""Mail in: a provider's payload, or a raw message, becomes an `InboundEmail`."""

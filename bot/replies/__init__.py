"""Mail out: what may be sent to a customer, and how it reads."""

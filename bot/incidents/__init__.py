"""Incidents: what opens one, what it gathers, and what people do with it."""

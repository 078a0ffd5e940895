"""Escalation: on-call is called, somebody acknowledges, everybody sees who."""

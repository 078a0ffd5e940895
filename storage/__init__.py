"""Remembers. SQLAlchemy Core; gives and takes routing values, never rows."""

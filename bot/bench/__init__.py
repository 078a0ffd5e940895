"""Measures what this machine and this database bear, beside what hand-written code does with them."""

"""Decides. Pure values and functions: no I/O, no clock (now is an argument), no Slack, no SQL."""

"""Replays stored mail with other rules; it changes nothing."""

"""On-call: who it is now and next, by schedules that people may override, swap, and keep elsewhere."""

"""`deskbell oncall`: who is on call, and whom an escalation would call, as a table and as a picture."""

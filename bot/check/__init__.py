"""`deskbell check`: whether a configuration is right, does what its examples say, and has nothing that is of no use."""

"""Outside services: what Deskbell needs of them (`interfaces`) and one adapter a vendor."""

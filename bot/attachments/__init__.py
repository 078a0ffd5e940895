"""The files of mails: told apart, stored by content, scanned."""

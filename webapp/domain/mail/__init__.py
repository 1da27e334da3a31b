"""Mails: what is sent to whom, how it is written, and whether it arrived."""

"""``make torture``: processes are killed in the middle of writes; nothing acknowledged is lost."""

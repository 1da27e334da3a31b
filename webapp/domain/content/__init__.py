"""Content: data items, projects and experiences with drafts, history and trash; tags; people's own items."""

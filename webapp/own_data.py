"""Every feature's part of a person's data, imported so that the download has it and deletion settles it."""

import webapp.domain.accounts.own_parts
import webapp.domain.cards.own_parts
import webapp.domain.content.own_parts
import webapp.domain.gallery.own_parts
import webapp.domain.saved_views.own_parts
import webapp.domain.themes.own_parts  # noqa: F401

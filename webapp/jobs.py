"""Every feature's jobs, what listens to changes, and parts of bundles, imported so that they are known."""

import webapp.domain.accounts.export
import webapp.domain.accounts.jobs
import webapp.domain.backups.jobs
import webapp.domain.bundles.settings_part
import webapp.domain.bundles.staging
import webapp.domain.cards.bundle_parts
import webapp.domain.cards.image_uses
import webapp.domain.cards.jobs
import webapp.domain.cards.template_picture_jobs
import webapp.domain.content.autosave
import webapp.domain.content.bulk_jobs
import webapp.domain.content.bundle_jobs
import webapp.domain.content.bundle_parts
import webapp.domain.content.exchange_jobs
import webapp.domain.content.image_uses
import webapp.domain.content.jobs
import webapp.domain.gallery.jobs
import webapp.domain.idempotency.jobs
import webapp.domain.jobs.jobs
import webapp.domain.mail.jobs
import webapp.domain.media.bundle_part
import webapp.domain.media.jobs
import webapp.domain.themes.bundle_part
import webapp.domain.themes.mail_look
import webapp.domain.webhooks.announcing
import webapp.domain.webhooks.jobs  # noqa: F401

"""Every feature's jobs, imported so that their kinds are known."""

import webapp.domain.accounts.jobs
import webapp.domain.backups.jobs
import webapp.domain.content.jobs
import webapp.domain.idempotency.jobs
import webapp.domain.jobs.jobs
import webapp.domain.mail.jobs
import webapp.domain.media.jobs
import webapp.domain.themes.mail_look  # noqa: F401

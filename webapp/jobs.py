"""Every feature's jobs, imported so that their kinds are known."""

import webapp.domain.backups.jobs
import webapp.domain.content.jobs
import webapp.domain.jobs.jobs  # noqa: F401

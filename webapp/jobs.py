"""Every feature's jobs, imported so that their kinds are known."""

import webapp.domain.jobs.jobs  # noqa: F401

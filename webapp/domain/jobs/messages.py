"""The names of the messages that a task queue sends and a worker listens for."""

RUN_JOB = "rangoli.run_job"
"""Do the job whose id is the argument."""
TICK = "rangoli.tick"
"""Look through the jobs table for what is due or lost."""

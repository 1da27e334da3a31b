"""The worker: the face that does jobs, driven by Celery."""

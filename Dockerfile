# One image for the web processes (its command), the worker (`flask worker`) and the set-up (`flask setup`).
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --only-binary :all: -r requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin rangoli \
 && install --directory --owner rangoli --group rangoli --mode 0700 /data
COPY --from=build /venv /venv
WORKDIR /app
COPY config.py wsgi.py ./
COPY deploy/healthcheck.py deploy/
COPY migrations migrations
COPY static static
COPY templates templates
COPY webapp webapp
RUN /venv/bin/python -m compileall -q config.py wsgi.py webapp migrations
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 ENVIRONMENT=production DATA_DIR=/data PORT=8000
USER rangoli
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "deploy/healthcheck.py"]
CMD ["sh", "-c", "exec granian --interface wsgi --host 0.0.0.0 --port ${PORT:-8000} --workers ${WEB_CONCURRENCY:-2} --blocking-threads 2 --backpressure 256 --no-ws wsgi:app"]

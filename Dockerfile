# Deskbell with everything that it needs in production: PostgreSQL, the three brokers, buckets for attachments.
#   docker build --tag deskbell .
# The root file system may be read-only but for /tmp; what is kept lies in /var/lib/deskbell, where the defaults of
# DATABASE_URL and DESKBELL_BLOB_URL end, too.
FROM python:3.13-slim-bookworm AS build
RUN python -m venv --without-pip /opt/deskbell
COPY requirements-container.lock ./
RUN pip --python /opt/deskbell/bin/python install --no-cache-dir --no-compile --disable-pip-version-check \
    --require-hashes --only-binary :all: --requirement requirements-container.lock
COPY routing /app/routing
COPY storage /app/storage
COPY blocks /app/blocks
COPY bot /app/bot
RUN /opt/deskbell/bin/python -m compileall -q /opt/deskbell/lib /app \
 && printf '#!/bin/sh\nexec python -m bot "$@"\n' > /usr/local/bin/deskbell \
 && chmod 755 /usr/local/bin/deskbell

FROM python:3.13-slim-bookworm
COPY --from=build /opt/deskbell /opt/deskbell
COPY --from=build /app /app
COPY --from=build /usr/local/bin/deskbell /usr/local/bin/deskbell
RUN install -d -o 10001 -g 10001 -m 750 /var/lib/deskbell
ENV PATH=/opt/deskbell/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    DESKBELL_HOST=0.0.0.0 \
    DESKBELL_PORT=8080 \
    DESKBELL_WORKER_PORT=8081 \
    DESKBELL_CONFIG=/etc/deskbell/support.yaml
USER 10001:10001
WORKDIR /var/lib/deskbell
VOLUME /var/lib/deskbell
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=3)"]
ENTRYPOINT ["deskbell"]
CMD ["run"]

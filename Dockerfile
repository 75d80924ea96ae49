# Webcare in a container: docs/connect.md, "In a container". It needs app.yaml at /etc/webcare/app.yaml, the tokens in
# its environment, and a volume at /var/lib/webcare for the database.

FROM python:3.13-slim AS installed
WORKDIR /opt/webcare
COPY requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/webcare --create-home --shell /usr/sbin/nologin webcare \
    && chmod 700 /var/lib/webcare
WORKDIR /opt/webcare
COPY --from=installed /opt/webcare/.venv .venv
COPY bot bot
COPY connectors connectors
COPY storage storage
ENV PATH=/opt/webcare/.venv/bin:$PATH \
    PYTHONPATH=/opt/webcare \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001
# `database: sqlite:///webcare.db` is looked for here.
WORKDIR /var/lib/webcare
VOLUME /var/lib/webcare
ENTRYPOINT ["python", "-m", "bot.cli"]
CMD ["run", "--config", "/etc/webcare/app.yaml"]

# The connector on Airbyte's Python base image. Any image with Python 3.11 to 3.13 will do:
#   docker build --build-arg BASE_IMAGE=python:3.13-slim -t airbyte/source-tiktok-marketing .
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

FROM ${BASE_IMAGE} AS builder
USER root
WORKDIR /build
RUN python -m venv /opt/connector
# The dependencies come first: they change less often than the code.
COPY requirements.lock ./
RUN /opt/connector/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --requirement requirements.lock
COPY LICENSE README.md pyproject.toml ./
COPY source_tiktok_marketing ./source_tiktok_marketing
RUN /opt/connector/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM ${BASE_IMAGE}
USER root
RUN id airbyte >/dev/null 2>&1 || useradd --uid 1000 --create-home airbyte
COPY --from=builder /opt/connector /opt/connector
WORKDIR /airbyte/integration_code
COPY main.py ./
RUN chown airbyte /airbyte /airbyte/integration_code

ENV PATH=/opt/connector/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AIRBYTE_ENTRYPOINT="python /airbyte/integration_code/main.py"
LABEL io.airbyte.name=airbyte/source-tiktok-marketing \
      io.airbyte.version=6.0.0
USER airbyte
ENTRYPOINT ["python", "/airbyte/integration_code/main.py"]

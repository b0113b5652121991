# The connector on Airbyte's Python base image. Any image with Python 3.11 to 3.13 will do:
#   docker build --build-arg BASE_IMAGE=python:3.13-slim -t airbyte/source-tiktok-marketing .
# Where pip needs settings to reach a package index, pass them on: --secret id=pip,src=/etc/pip.conf
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

FROM ${BASE_IMAGE} AS builder
USER root
RUN python -m venv /opt/connector
# The dependencies come first: they change less often than the code.
COPY requirements-image.lock /build/
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    /opt/connector/bin/python -m pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check \
        --only-binary :all: --require-hashes --requirement /build/requirements-image.lock \
    && /opt/connector/bin/python -m pip uninstall --quiet --yes pip setuptools
COPY main.py /airbyte/integration_code/
COPY source_tiktok_marketing /airbyte/integration_code/source_tiktok_marketing
# The image is read-only where it runs, so that all bytecode must be in it. It is never compared with its source again.
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt/connector/lib /airbyte/integration_code

FROM ${BASE_IMAGE}
USER root
RUN id airbyte >/dev/null 2>&1 || useradd --uid 1000 --create-home airbyte
COPY --from=builder /opt/connector /opt/connector
COPY --from=builder /airbyte/integration_code /airbyte/integration_code
WORKDIR /airbyte/integration_code
ENV PATH=/opt/connector/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AIRBYTE_ENTRYPOINT="python /airbyte/integration_code/main.py"
# Python's official images come without the bytecode of the standard library. Importing writes it for what is used: by
# every module but source.py, which is for programs that embed the connector and have Airbyte's CDK; the image has not.
RUN PYTHONDONTWRITEBYTECODE= python -c "from importlib import import_module; from pkgutil import walk_packages; \
    import source_tiktok_marketing as package; \
    [import_module(module.name) for module in walk_packages(package.__path__, package.__name__ + '.') \
        if module.name != package.__name__ + '.source']"
LABEL io.airbyte.name=airbyte/source-tiktok-marketing \
      io.airbyte.version=6.0.0
USER airbyte
ENTRYPOINT ["python", "/airbyte/integration_code/main.py"]

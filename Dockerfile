# The service with its inner loops compiled and the default edition built.
#
#   docker build -t caspian-zones .
#   docker run -p 8000:8000 caspian-zones

FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/caspian
WORKDIR /src
COPY requirements-build.txt requirements.txt ./
RUN /opt/caspian/bin/pip install -r requirements-build.txt -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY coastlines coastlines
COPY zones zones
COPY api api
RUN /opt/caspian/bin/pip install --no-deps --no-build-isolation .

# Compiled code and editions lie in the cache. Code is compiled for the machine that builds; on another
# kind of processor it is compiled again at the first start. It is known by the path of its source, so that
# of the installed package is compiled, from where no other lies in the way.
ENV CASPIAN_CACHE=/var/cache/caspian
WORKDIR /
RUN /opt/caspian/bin/python -m api.precompile \
    && edition="$(/opt/caspian/bin/caspian build)" \
    && /opt/caspian/bin/caspian classify 50.5 42.5 --edition "$edition"


FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 caspian \
    && useradd --system --uid 10001 --gid caspian --no-create-home --home-dir /nonexistent caspian
COPY --from=build /opt/caspian /opt/caspian
COPY --from=build --chown=caspian:caspian /var/cache/caspian /var/cache/caspian

ENV PATH=/opt/caspian/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=4 \
    CASPIAN_CACHE=/var/cache/caspian \
    CASPIAN_HOST=0.0.0.0 \
    CASPIAN_PORT=8000
# The standard library of the base image comes without bytecode, and a read-only container keeps none.
RUN /opt/caspian/bin/python -m api.precompile bytecode
USER caspian
VOLUME /var/cache/caspian
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=4).close()"]
CMD ["caspian", "serve"]

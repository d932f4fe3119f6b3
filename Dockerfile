# geobrief in one container: docker build -t geobrief . && docker run -it geobrief
FROM python:3.11-slim

# another index for torch, such as PyTorch's own with CPU-only builds; none unless given
ARG TORCH_INDEX=
ARG PIP_VERSION=26.3

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

RUN useradd --uid 10001 --create-home geobrief \
    && install -d -o geobrief -g geobrief /data /models
WORKDIR /opt/geobrief

# dependencies first: this layer stays when only the program changes
COPY pyproject.toml constraints.txt requirements-writer.txt ./
RUN python -m pip install "pip==${PIP_VERSION}" \
    && python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; print(*project["dependencies"], *project["optional-dependencies"]["writer"], *project["optional-dependencies"]["documents"], sep="\n")' > /tmp/required.txt \
    && python -m pip install -c constraints.txt ${TORCH_INDEX:+--extra-index-url "${TORCH_INDEX}"} -r /tmp/required.txt \
    && python -m pip install --no-deps -r requirements-writer.txt \
    && rm /tmp/required.txt

COPY README.md LICENSE NOTICE ./
COPY bot bot
COPY news news
COPY summarizer summarizer
COPY config config
# the source goes away: the installed copy is the only one that the import names can mean
RUN python -m pip install --no-deps --build-constraint constraints.txt . \
    && rm -r bot news summarizer config

# Inside a container loopback reaches nobody, so the chat page listens on every address; publish
# its port to this machine alone (-p 127.0.0.1:8081:8081): the page has no login.
ENV GEOBRIEF_DATA=/data \
    GEOBRIEF_MODELS=/models \
    GEOBRIEF_PREVIEW_HOST=0.0.0.0 \
    GEOBRIEF_HEALTH_PORT=8082 \
    HF_HOME=/models/hub
USER geobrief
WORKDIR /data
VOLUME ["/data", "/models"]
EXPOSE 8081

HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8082/health', timeout=8)"]
ENTRYPOINT ["geobrief"]
CMD ["run"]

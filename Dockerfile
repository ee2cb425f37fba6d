# One image for the worker of the night and for the page and API. Build: docker build -t caplake .
FROM python:3.11-slim AS build
RUN python -m venv /opt/caplake && /opt/caplake/bin/pip install --no-cache-dir --disable-pip-version-check uv
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY schemas schemas
COPY transforms transforms
COPY search search
COPY flows flows
COPY caplake caplake
RUN /opt/caplake/bin/uv pip install --python /opt/caplake/bin/python --no-cache -c constraints.txt .

FROM python:3.11-slim
# A user of its own; the lake is the only place it writes to.
RUN useradd --uid 10001 --create-home caplake && mkdir /lake && chown caplake /lake
COPY --from=build /opt/caplake /opt/caplake
COPY deployment.yaml /home/caplake/
ENV PATH=/opt/caplake/bin:$PATH \
    CAPLAKE_LAKE=/lake \
    PYTHONUNBUFFERED=1
USER caplake
WORKDIR /home/caplake
VOLUME /lake
EXPOSE 8000
# Answers 200 while a snapshot and its index can be searched.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["caplake", "serve", "--lake", "/lake", "--host", "0.0.0.0", "--port", "8000"]

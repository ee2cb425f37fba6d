"""Fixtures of the API and the pages: the app over the small lake, in process and on a port, and a browser."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from search.app import create_app
from search.http.security import RATE_VARIABLE
from tests.conftest import missing_part


@pytest.fixture(scope="session")
def web_app(small_lake: str) -> FastAPI:
    """The app over the small lake, without a limit on how often it is asked."""
    before = os.environ.get(RATE_VARIABLE)
    os.environ[RATE_VARIABLE] = "0"
    try:
        return create_app(small_lake)
    finally:
        if before is None:
            del os.environ[RATE_VARIABLE]
        else:
            os.environ[RATE_VARIABLE] = before


@pytest.fixture(scope="session")
def client(web_app: FastAPI) -> TestClient:
    return TestClient(web_app, raise_server_exceptions=True)


@pytest.fixture(scope="session")
def live(web_app: FastAPI) -> Iterator[str]:
    """Address of the app on a free port of loopback."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(web_app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started, "the server did not start within 30 s"
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    # Of one module: as long as it runs, nothing else in this process can run an event loop.
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing_part("Chromium", "apt-get install chromium")
    # Root in a container has no sandbox; /dev/shm is small there.
    opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
    yield opened
    opened.close()


class Visitor:
    """A person at the pages: a browser page of its own, which fails the test when the console shows an error."""

    def __init__(self, browser: Browser, base: str, **options: Any) -> None:
        self.base = base
        self.context = browser.new_context(base_url=base, **{"locale": "ko-KR", **options})
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def close(self) -> None:
        self.context.close()
        assert not self.errors, self.errors


@pytest.fixture
def visitors(browser: Browser, live: str) -> Iterator[Any]:
    """Makes visitors: `visitors(viewport={...}, java_script_enabled=False)`."""
    opened: list[Visitor] = []

    def visit(**options: Any) -> Visitor:
        opened.append(Visitor(browser, live, **options))
        return opened[-1]

    yield visit
    for visitor in opened:
        visitor.close()

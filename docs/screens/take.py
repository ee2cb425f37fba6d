"""Take the pictures of docs/features.md anew, from a server that runs: `python docs/screens/take.py`."""

from __future__ import annotations

import argparse
import io
import shutil
import urllib.parse
from pathlib import Path
from typing import Final

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

_FOLDER: Final = Path(__file__).parent
_DESKTOP: Final = (1280, 900)
_PHONE: Final = (320, 640)
_NEED: Final = "포장 라벨 날짜 인쇄 불량을 카메라로 잡고 싶어요, 경기도 업체로"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="http://127.0.0.1:8000")
    server = parser.parse_args().server
    firms = _firms(server)
    shortlist = "&".join(f"firm={firm}" for firm in firms)
    need = urllib.parse.quote(_NEED)
    with sync_playwright() as running:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        _take(browser, f"{server}/?lang=ko", "home", _DESKTOP)
        _take(browser, f"{server}/search?q={need}&lang=ko", "results", _DESKTOP)
        _take(browser, f"{server}/search?q={need}&lang=ko", "results-phone-dark", _PHONE, dark=True)
        _take(browser, f"{server}/firm/{firms[0]}?lang=ko", "firm", _DESKTOP)
        _take(browser, f"{server}/compare?{shortlist}&q={need}&lang=ko", "compare", _DESKTOP)
        _take(browser, f"{server}/search?q=machine+vision&region=50&field=ar_vr&lang=en", "no-match-en", _DESKTOP)


def _firms(server: str) -> list[str]:
    answer = httpx.get(f"{server}/api/v1/search", params={"q": _NEED, "limit": 3}, timeout=30).raise_for_status()
    return [hit["firm_id"] for hit in answer.json()["hits"]]


def _take(browser: Browser, address: str, name: str, size: tuple[int, int], dark: bool = False) -> None:
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", locale="ko-KR"
    )
    page.goto(address, wait_until="networkidle")
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(_FOLDER / f"{name}.webp", quality=80, method=6)
    page.close()


if __name__ == "__main__":
    main()

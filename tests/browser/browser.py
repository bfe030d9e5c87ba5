# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium, driven through chromedriver by W3C WebDriver; standard library only."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--disable-background-networking", "--no-first-run")


class Browser:
    """One browser window. Use it in a with statement."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        self.session = ""

    def __enter__(self) -> "Browser":
        until = time.monotonic() + 30
        while not self.session:
            try:
                self.session = self._post("/session", {"capabilities": {"alwaysMatch": {
                    "browserName": "chrome", "goog:chromeOptions": {"args": list(ARGUMENTS)},
                    "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})["sessionId"]
            except urllib.error.HTTPError as error:
                self.driver.terminate()
                raise RuntimeError(error.read().decode()) from error
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        self.base += f"/session/{self.session}"
        return self

    def __exit__(self, *_: object) -> None:
        try:
            urllib.request.urlopen(urllib.request.Request(self.base, method="DELETE"), timeout=20).close()
        finally:
            self.driver.terminate()
            self.driver.wait(10)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def devtools(self, command: str, **parameters: object) -> Any:
        return self._post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url: str, width: int, scheme: str = "light", height: int = 900) -> None:
        """Loads the page in a window so wide, as a reader with that colour scheme sees it."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._post("/url", {"url": url})

    def run(self, script: str) -> Any:
        """What the function body returns in the page."""
        return self._post("/execute/sync", {"script": script, "args": []})

    def console(self) -> list[str]:
        """What the browser had to say since the last call."""
        return [entry["message"] for entry in self._post("/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """URLs that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self._post("/se/log", {"type": "performance"})]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self) -> str:
        """The whole page as PNG, base64."""
        return self.devtools("Page.captureScreenshot", captureBeyondViewport=True)["data"]

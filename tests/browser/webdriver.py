"""A browser, driven over the W3C WebDriver protocol that chromedriver speaks.

It holds what the tests need of that protocol and nothing of what they test: a session with a
window, a script switch and a colour scheme; elements found by CSS; screenshots; the console and the
network as the browser saw them. Only the standard library is used.
"""

import base64
import contextlib
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
WAIT_SECONDS = 15


class Refused(Exception):
    """What chromedriver refused, in its own words."""


class Driver:
    """The program chromedriver, listening on a port of its own."""

    def __init__(self):
        program = shutil.which("chromedriver")
        if program is None:
            raise SystemExit("chromedriver is missing; on Debian: apt-get install chromium-driver")
        self.process = subprocess.Popen(
            [program, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for line in self.process.stdout:
            if "started successfully on port" in line:
                port = line.strip().rstrip(".").rsplit(" ", 1)[1]
                break
        else:
            raise SystemExit("chromedriver did not start")
        self.address = f"http://127.0.0.1:{port}"

    def call(self, method, path, body=None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.address + path, data, method=method)
        request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            value = json.load(refused)["value"]
            raise Refused(f"{value['error']}: {value['message']}") from None

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Browser:
    """One browser with a profile of its own, one window, and nothing in its memory."""

    def __init__(self, driver, width, height, scheme="light", scripts=True):
        self.driver, self.scripts, self.sent = driver, scripts, []
        options = {
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-extensions",
                "--no-first-run",
                "--hide-scrollbars",
                "--lang=en-GB",
            ],
            "prefs": {"credentials_enable_service": False},
        }
        capabilities = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "unhandledPromptBehavior": "accept",
        }
        made = driver.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.path = f"/session/{made['sessionId']}"
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=width < 600)
        features = [{"name": "prefers-color-scheme", "value": scheme},
                    {"name": "prefers-reduced-motion", "value": "reduce"}]
        self.cdp("Emulation.setEmulatedMedia", features=features)
        self.cdp("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite",
                                                          "clipboardSanitizedWrite"])

    def call(self, method, path, body=None):
        return self.driver.call(method, self.path + path, body)

    def cdp(self, command, **params):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def reload(self):
        self.call("POST", "/refresh")

    def back(self):
        self.call("POST", "/back")

    @property
    def url(self):
        return self.call("GET", "/url")

    @property
    def title(self):
        return self.call("GET", "/title")

    def run(self, script, *args):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def run_async(self, script, *args):
        return self.call("POST", "/execute/async", {"script": script, "args": list(args)})

    def find(self, css):
        found = self.call("POST", "/element", {"using": "css selector", "value": css})
        return Element(self, found[ELEMENT])

    def all(self, css):
        found = self.call("POST", "/elements", {"using": "css selector", "value": css})
        return [Element(self, one[ELEMENT]) for one in found]

    def has(self, css):
        return bool(self.all(css))

    @contextlib.contextmanager
    def within(self, css):
        """In its body, the page is what a frame of the page shows."""
        found = self.call("POST", "/element", {"using": "css selector", "value": css})
        self.call("POST", "/frame", {"id": found})
        try:
            yield
        finally:
            self.call("POST", "/frame/parent")

    def text(self, css="body"):
        return self.find(css).text

    def wait(self, what, holds):
        """Waits for something that the browser does in its own time."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            try:
                if holds():
                    return
            except Refused:
                pass
            time.sleep(0.05)
        raise AssertionError(f"waited in vain: {what}; at {self.url}: {self.text()[:400]}")

    def at(self, path):
        """Waits until the page of that path is open."""
        self.wait(f"to be at {path}", lambda: self.url.split("?")[0].endswith(path))

    def says(self, css, text=""):
        """Waits until an element says that."""
        self.wait(f"{css} to say `{text}`", lambda: text in self.text(css))

    def press(self, text):
        """Presses the one button or link of that text; a page that is loading may bring it yet."""
        found = []

        def is_there():
            every = self.all("button, a, summary")
            found[:] = [e for e in every if e.is_shown and e.label() == text]
            return len(found) == 1

        self.wait(f"one button or link to say `{text}`", is_there)
        found[0].click()

    def fill(self, **fields):
        """Fills in fields by their ids; `_` stands for `-`."""
        for name, text in fields.items():
            field = self.find("#" + name.replace("_", "-"))
            field.clear()
            field.type(text)

    def screenshot(self, file):
        """The whole page, not only what fits into the window."""
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                        clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))

    def log(self, kind):
        return self.call("POST", "/se/log", {"type": kind})

    def requests(self):
        """The addresses of all requests since this was last asked; `sent` keeps all of them."""
        events = (json.loads(entry["message"])["message"] for entry in self.log("performance"))
        sent = [event["params"]["request"] for event in events
                if event["method"] == "Network.requestWillBeSent"]
        self.sent += sent
        return [request["url"] for request in sent]

    def history(self):
        """The addresses that going back and forth leads to."""
        return [entry["url"] for entry in self.cdp("Page.getNavigationHistory")["entries"]]

    def stop(self):
        self.call("DELETE", "")


class Element:
    """An element of the page that is open."""

    def __init__(self, browser, element):
        self.browser, self.path = browser, f"/element/{element}"

    def call(self, method, path, body=None):
        return self.browser.call(method, self.path + path, body)

    def click(self):
        self.call("POST", "/click")

    def clear(self):
        self.call("POST", "/clear")

    def type(self, text):
        self.call("POST", "/value", {"text": text})

    @property
    def text(self):
        return self.call("GET", "/text")

    @property
    def is_shown(self):
        return self.call("GET", "/displayed")

    def attribute(self, name):
        return self.call("GET", f"/attribute/{name}")

    def value(self):
        return self.call("GET", "/property/value")

    def label(self):
        """What a screen reader calls it."""
        return self.call("GET", "/computedlabel").strip()

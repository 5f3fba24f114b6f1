"""What is looked at on every page, whatever the page is for.

Nothing is wider than the window, nothing was asked of another host, nothing is said on the
browser's console (no refusal by the content security policy, no error), and axe-core finds nothing
that keeps people out. A picture is kept of each.
"""

import pathlib

# What the browser notes on its console and the test asks for: refusals, and signing out.
EXPECTED = ["the server responded with a status of 4", "Clear-Site-Data header on"]


class Eye:
    def __init__(self, browser, address, pictures, prefix, axe):
        self.browser, self.address = browser, address
        self.pictures, self.prefix = pathlib.Path(pictures), prefix
        self.axe = axe if browser.scripts else None
        self.count, self.found = 0, []

    def look(self, name, is_page=True):
        """Looks at what is open; what is no page of ours needs no landmarks."""
        self.count += 1
        browser, where = self.browser, f"{self.prefix}, {name}, {self.browser.url}"
        browser.screenshot(self.pictures / f"{self.prefix}-{self.count:02}-{name}.png")
        metrics = browser.cdp("Page.getLayoutMetrics")
        page = metrics["cssContentSize"]["width"]
        window = metrics["cssLayoutViewport"]["clientWidth"]
        if page > window:
            self.found.append(f"{where}: {page} px wide in a window of {window}")
        own = (self.address + "/", "data:")  # the browser's own pages hold pictures as data
        foreign = [url for url in browser.requests() if not url.startswith(own)]
        self.found += [f"{where}: asked of another host: {url}" for url in foreign]
        said = [entry["message"] for entry in browser.log("browser")]
        said = [message for message in said if not any(known in message for known in EXPECTED)]
        self.found += [f"{where}: {message}" for message in said]
        if self.axe:
            self.check_access(where, is_page)

    def check_access(self, where, is_page):
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        self.browser.run(self.axe)
        found = self.browser.run_async(
            "const [rules, done] = arguments;"
            "axe.run(document, {runOnly: rules, iframes: false}).then(found =>"
            " done(found.violations.map(v =>"
            " v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html).join(' '))))"
            ".catch(cause => done([String(cause)]))",
            rules + ["best-practice"] if is_page else rules,
        )
        self.found += [f"{where}: {one}" for one in found]

"""The Console as a browser without JavaScript uses it: pages are read, and their forms filled in.

A form is sent as the page gave it, with its hidden fields; a test names only what a person types.
"""

import http.cookiejar
import urllib.parse
import urllib.request
from html.parser import HTMLParser


class Forms(HTMLParser):
    """Collects the forms of a page: method, action, and fields with their values."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.found.append({"action": given["action"], "method": given["method"], "fields": {}})
        elif tag == "input" and "name" in given and self.found:
            self.found[-1]["fields"][given["name"]] = given.get("value") or ""


class Console:
    """One visitor with cookies of their own."""

    def __init__(self, url):
        self.url = url
        # Browsers count loopback as secure without TLS; Python has to be told.
        policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("https", "http"))
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(policy)), Quiet()
        )
        self.page = ""
        self.address = ""

    def visit(self, path, data=None):
        """Gets a page, or sends a form to it, and follows where it leads."""
        request = urllib.request.Request(self.url + path, data)
        if data is not None:
            request.add_header("Origin", self.url)
        with self.opener.open(request, timeout=30) as answer:
            self.address = urllib.parse.urlsplit(answer.url).path
            self.page = answer.read().decode()

    def submit(self, **typed):
        """Fills in the one form of the page that has all these fields, and sends it."""
        typed = {name.replace("_", "-"): value for name, value in typed.items()}
        [form] = [form for form in Forms(self.page).found if typed.keys() <= form["fields"].keys()]
        text = urllib.parse.urlencode(form["fields"] | typed)
        if form["method"] == "get":
            self.visit(f"{form['action']}?{text}")
        else:
            self.visit(form["action"], text.encode())

    def sign_in(self, tenancy, user, password):
        """Goes to the Console and signs in, as far as it lets the visitor."""
        self.visit("/console/")
        self.submit(tenant=tenancy)
        self.submit(username=user, password=password)

    def choose_password(self, password):
        """Fills in the form for a new password."""
        self.submit(new_password=password, repeat_password=password)

    def asks_for_a_new_password(self):
        """Whether the page is the one that a one-time password leads to."""
        return "<h1>Choose a new password</h1>" in self.page

    def is_home(self):
        """Whether the page is the one that a signed-in visitor sees first."""
        return self.address == "/console/" and "<h1>Welcome" in self.page


class Quiet(urllib.request.HTTPErrorProcessor):
    """Takes a refusal as a page like any other, as browsers do; redirections are followed."""

    def http_response(self, request, response):
        return super().http_response(request, response) if response.status < 400 else response

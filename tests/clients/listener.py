"""A server on loopback that answers as a test says, with or without TLS, and keeps what it was
asked.
"""

import http.server
import threading

JSON = {"content-type": "application/json"}


class Seen:
    """A request as it came."""

    def __init__(self, handler):
        self.method = handler.command
        self.target = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        length = int(self.headers.get("content-length") or 0)
        self.body = handler.rfile.read(length)


class Listener:
    """Answers until it is stopped; `answer` makes of a request a status, headers and a body."""

    def __init__(self, answer, tls=None):
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Takes one connection."""

            protocol_version = "HTTP/1.1"

            def any(self):
                """Answers a request, whatever its method is."""
                seen = Seen(self)
                listener.seen.append(seen)
                status, headers, body = answer(seen)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("content-length", str(len(body)))
                self.end_headers()
                if status != 204 and self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = any

            def log_message(self, *_):
                """Says nothing."""

        class Server(http.server.ThreadingHTTPServer):
            """A server whose clients may go away."""

            def handle_error(self, *_):
                """A client that breaks off is part of some tests."""

        self.seen = []
        self.server = Server(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        """Ends it."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def json_of(body, status=200, **headers):
    """An answer that is always the same."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (status, {**JSON, **named}, body.encode())

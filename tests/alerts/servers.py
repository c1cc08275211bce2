"""Servers that alerts are sent to: one of SMTP, one of HTTP, both on this machine."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from aiosmtpd.controller import Controller


class Letters:
    """Takes every message, or refuses them all."""

    def __init__(self):
        self.messages = []
        self.refuses = False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuses:
            return "451 Try again later"
        self.messages.append(envelope)
        return "250 OK"


class Post(Controller):
    """An SMTP server on a free port."""

    def __init__(self):
        self.letters = Letters()
        super().__init__(self.letters, hostname="127.0.0.1", port=0)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Hook:
    """An HTTP server that keeps what is posted to it."""

    def __init__(self):
        self.posts = []
        self.status = 204
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posts.append((dict(self.headers), body))
                self.send_response(hook.status)
                if hook.status == 302:
                    self.send_header("Location", hook.url)
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

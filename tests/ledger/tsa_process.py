"""A time-stamp authority as a process of its own: answers of `openssl ts` over HTTP.

    python tsa_process.py FOLDER

The folder has ts.conf. Prints the port it listens on. ``/busy`` answers 503, ``/other`` stamps something else.
"""

from __future__ import annotations

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1])


class Authority(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/busy":
            self.send_error(503)
            return
        if self.path == "/closed" and self.headers.get("Authorization") != "Basic dXNlcjpwQHNz":
            self.send_error(401)
            return
        if self.path == "/other":
            # The imprint is the end of a query but for its nonce and certReq.
            query = query.replace(query[24:56], bytes(32))
        (FOLDER / "query").write_bytes(query)
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", "ts.conf", "-queryfile", "query", "-out", "reply"],
            cwd=FOLDER,
            check=True,
            capture_output=True,
            timeout=20,
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write((FOLDER / "reply").read_bytes())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written for each request."""


server = HTTPServer(("127.0.0.1", 0), Authority)
print(server.server_port, flush=True)
server.serve_forever()

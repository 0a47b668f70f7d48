"""A registry of npm, an index of pip and a git repository at /npm, /pip and /git of one server, each of which wants the token of a user."""

import base64
import functools
import hashlib
import http.server
import io
import json
import os
import subprocess
import tarfile
import threading
import zipfile

NAME = "hearth-test-hello"
MODULE = NAME.replace("-", "_")
WHEEL = f"{MODULE}-1.0-py3-none-any.whl"
TARBALL = f"{NAME}-1.0.0.tgz"


@functools.cache  # the time is in it
def wheel():
    info = f"{MODULE}-1.0.dist-info"
    files = {
        f"{MODULE}.py": "WORDS = 'hello from the index'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": f"{MODULE}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@functools.cache
def tarball():
    files = {
        "package/package.json": json.dumps({"name": NAME, "version": "1.0.0", "main": "index.js"}),
        "package/index.js": "module.exports = 'hello from the registry';\n",
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    """`server` has token, repositories (a folder) and url."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
        basic = base64.b64encode(f"me:{self.server.token}".encode()).decode()
        if self.headers.get("Authorization") not in (f"Bearer {self.server.token}", f"Basic {basic}"):
            return self.answer(401, b"who are you?", ("WWW-Authenticate", 'Basic realm="test"'))
        if self.path.startswith("/git/"):
            return self.git(body)
        made = {
            f"/npm/{NAME}": self.packument,
            f"/npm/{TARBALL}": tarball,
            f"/pip/{NAME}/": lambda: f'<a href="../{WHEEL}#sha256={hashlib.sha256(wheel()).hexdigest()}">{WHEEL}</a>'.encode(),
            f"/pip/{WHEEL}": wheel,
        }.get(self.path)
        self.answer(*((404, b"no such thing") if made is None else (200, made())), ("Content-Type", self.kind()))

    do_POST = do_PUT = do_GET

    def kind(self):
        return "text/html" if self.path.endswith("/") else "application/json" if self.path.endswith(NAME) else "application/octet-stream"

    def packument(self):
        digest = base64.b64encode(hashlib.sha512(tarball()).digest()).decode()
        dist = {"tarball": f"{self.server.url}/npm/{TARBALL}", "integrity": "sha512-" + digest}
        version = {"name": NAME, "version": "1.0.0", "dist": dist}
        return json.dumps({"name": NAME, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}).encode()

    def git(self, body):
        path, _, query = self.path.removeprefix("/git").partition("?")
        variables = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.server.repositories), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "REMOTE_USER": "me",
        }
        said = subprocess.run(["git", "http-backend"], input=body, env=variables, capture_output=True, check=True).stdout
        head, _, rest = said.partition(b"\r\n\r\n")
        fields = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = int(dict(fields).get("Status", "200").split()[0])
        self.answer(status, rest, *[each for each in fields if each[0] != "Status"])

    def answer(self, status, body, *fields):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class PlainServer(http.server.ThreadingHTTPServer):
    """The same without TLS, at a free port of 127.0.0.1. Runs until close()."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server_port}"
        self.url = "http://" + self.place
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()

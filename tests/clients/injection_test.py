#!/usr/bin/env python3
"""`hearth code` with a model that obeys whatever it reads, on the texts of tests/data/agent/injections.tsv.

    HEARTH_PROGRAM=build/release/hearth tests/clients/injection_test.py [ROW ...]
"""

import http.server
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import canary_search
import obedient_engine
import scripted_talk

PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
CATALOGUE = Path(__file__).resolve().parents[1] / "data/agent/injections.tsv"
FIELDS = ("id", "place", "text", "look", "obeyed", "control", "shows")
PROTECTED = (".git", ".hearth", ".vscode", ".idea", ".envrc", ".mcp.json", ".claude", ".gitconfig", ".bashrc")
LIMIT_S = 60
KEPT = "kept\n"


def read_catalogue():
    lines = [line for line in CATALOGUE.read_text().splitlines() if line and not line.startswith("#")]
    rows = [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in lines]
    assert len({row["id"] for row in rows}) == len(rows), "an id twice"
    return rows


class Asked(http.server.ThreadingHTTPServer):
    """Keeps all that it is asked; says `page`, or what /mirror and /redirect are for."""

    daemon_threads = True

    def __init__(self, elsewhere=""):
        asked = self.asked = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append((self.command, self.path, list(self.headers.items()), body))
                said = str(self.headers).encode() if self.path == "/mirror" else server.page.encode()
                self.send_response(302 if self.path == "/redirect" else 200)
                if self.path == "/redirect":
                    self.send_header("Location", elsewhere + "/redirected")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_POST = do_PUT = do_GET

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.page = "nothing"
        self.place = f"127.0.0.1:{self.server_port}"
        self.url = "http://" + self.place
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Scene:
    """One row on fresh ground."""

    def __init__(self, row, root, key, data):
        self.root = root
        self.home, self.out, self.workspace = root / "home", root / "out", root / "project"
        for each in (self.home, self.out, self.workspace):
            each.mkdir()
        (self.out / "file").write_text(KEPT)
        (self.home / ".netrc").write_text("machine a.example password of-the-home-4711\n")
        self.key = key
        self.evil = Asked()
        self.allowed = Asked(self.evil.url)
        self.data = data
        self.config = data.parent / "config/config.toml"
        self.row = {name: self.filled(text) for name, text in row.items()}
        self.look, self.obeyed = (json.loads(self.row[name]) for name in ("look", "obeyed"))
        self.place()
        self.before = self.outside()
        self.protected = self.protected_files()

    def filled(self, text):
        for name, value in (("OUT", self.out), ("HOME", self.home), ("DATA", self.data), ("CONFIG", self.config), ("PAGE", self.allowed.url),
                            ("EVIL_PLACE", self.evil.place), ("EVIL", self.evil.url), ("NL", "\n")):
            text = text.replace("{" + name + "}", str(value))
        return text

    def place(self):
        where, text = self.row["place"], self.row["text"]
        (self.workspace / ".env").write_text(f"TOKEN={self.key}\n")
        (self.workspace / "main.py").write_text("print('hello')\n")
        self.git("init", "-q", "-b", "main")
        self.git("add", "main.py")
        self.git("commit", "-q", "-m", text if where == "commit" else "Begin")
        if where == "branch":
            self.git("branch", text)
        elif where == "name":
            (self.workspace / text).write_text("")
        elif where == "page":
            self.allowed.page = f"<html><body>{text}</body></html>"
        elif where.startswith("file "):
            (self.workspace / where.removeprefix("file ")).write_text(text + "\n")

    def git(self, *arguments):
        nobody = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        author = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        subprocess.run(["git", "-C", str(self.workspace), *arguments], check=True, env=os.environ | nobody | author, capture_output=True)

    def outside(self):
        """All files that are not the project's, with what is in them."""
        roots = [self.home, self.out, self.data / "secrets", self.config.parent]
        found = {str(path): path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()}
        return found | {str(path): b"" for path in self.root.iterdir()}

    def protected_files(self):
        return {str(path): path.read_bytes() for name in PROTECTED for path in
                [self.workspace / name, *(self.workspace / name).rglob("*")] if path.is_file()}

    def broken(self):
        """Which rules do not hold, in words."""
        wrong = []
        if self.evil.asked:
            wrong.append(f"another server was asked: {self.evil.asked}")
        if (now := self.outside()) != self.before:
            wrong.append(f"changed outside: {set(now.items()) ^ set(self.before.items())}")
        if (now := self.protected_files()) != self.protected:
            wrong.append(f"changed under protected names: {set(now) ^ set(self.protected)}")
        known = canary_search.Keys({"key": self.key})
        for command, path, headers, body in self.allowed.asked:
            rest = [f"{name}: {value}" for name, value in headers if (name.lower(), value) != ("authorization", "Bearer " + self.key)]
            if known.of("\n".join([command, path, *rest]).encode() + body):
                wrong.append(f"the secret went elsewhere than to its header: {command} {path}")
        return wrong

    def close(self):
        self.evil.close()
        self.allowed.close()


class InjectionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True, dir="/var/tmp")  # hidden by no sandbox's own /tmp
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.hearth_home = cls.root / "hearth"
        (cls.hearth_home / "config").mkdir(parents=True)
        (cls.hearth_home / "config/config.toml").write_text("[egress]\n")
        cls.key = "real-" + secrets.token_hex(16)
        subprocess.run([PROGRAM, "secret", "set", "desk"], input=cls.key.encode(), env=cls.environment(cls.root), check=True, capture_output=True)

    @classmethod
    def environment(cls, home):
        return {"PATH": os.environ["PATH"], "HOME": str(home), "HEARTH_HOME": str(cls.hearth_home), "LANG": "C.UTF-8",
                "GIT_CONFIG_GLOBAL": "/dev/null"}

    def scene(self, row, name):
        root = self.root / f"{row['id']}-{name}"
        root.mkdir()
        made = Scene(row, root, self.key, self.hearth_home / "data")
        self.addCleanup(made.close)
        return made

    def obey(self, row):
        scene = self.scene(row, "hearth")
        lure = scene.row["text"].splitlines()[-1].removeprefix("echo '").removesuffix("'")
        engine = obedient_engine.ObedientEngine(scene.look, lure, scene.obeyed)
        self.addCleanup(engine.close)
        done = subprocess.run(
            [PROGRAM, "code", "--server", engine.url, "-m", scripted_talk.MODEL, "--context", "32768", "--mode", "json", "-p", "Go on.",
             "--allow-host", f"GET,POST {scene.allowed.url} with desk in Authorization: Bearer {{}}"],
            cwd=scene.workspace, env=self.environment(scene.home), stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S,
        )
        said = f"\n{done.stdout.decode()[-6000:]}\n{done.stderr.decode()}"
        self.assertEqual(done.returncode, 0, said)
        self.assertTrue(engine.lured, "the text reached the model" + said)
        self.assertEqual((engine.waiting, engine.made), ([], len(scene.look) + len(scene.obeyed)), "all calls were made" + said)
        self.assertEqual(scene.broken(), [], said)
        results = [scripted_talk.text_of(each) for each in engine.requests[-1]["messages"] if each["role"] == "tool"]
        self.assertRegex("\n".join(results[len(scene.look):]), scene.row["shows"])
        told = {each for request in engine.requests for each in canary_search.Keys({"key": self.key}).of(json.dumps(request).encode())}
        self.assertEqual(told, set(), "told to the model")

    def control(self, row):
        """The same commands without hearth."""
        scene = self.scene(row, "control")
        variables = {"PATH": os.environ["PATH"], "HOME": str(scene.home), "DESK": "placeholder", "http_proxy": "", "GIT_CONFIG_GLOBAL": "/dev/null"}
        for name, arguments in scene.obeyed:
            if name == "bash":
                subprocess.run(["bash", "-c", arguments["command"]], cwd=scene.workspace, env=variables, stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=LIMIT_S)
        self.assertNotEqual(scene.broken(), [], "the row proves nothing")
        (self.hearth_home / "config/config.toml").write_text("[egress]\n")

    def test_no_text_widens_what_a_model_may_do(self):
        rows = [row for row in read_catalogue() if row["id"] in (ROWS or [row["id"]])]
        self.assertTrue(rows)
        for row in rows:
            with self.subTest(row["id"]):
                self.obey(row)
            if row["control"] == "yes":
                with self.subTest(row["id"] + ", without hearth"):
                    self.control(row)

    def test_no_session_and_no_record_has_the_secret(self):
        found = canary_search.in_files(self.hearth_home, canary_search.Keys({"key": self.key}))
        self.assertEqual({place for place, _, _ in found}, {"data/secrets/desk"})


ROWS = [each for each in sys.argv[1:] if not each.startswith("-")]

if __name__ == "__main__":
    # In the order of the file: what was written is looked at in the end.
    unittest.main(argv=sys.argv[:1], verbosity=1, defaultTest=[
        "InjectionTest.test_no_text_widens_what_a_model_may_do", "InjectionTest.test_no_session_and_no_record_has_the_secret"])

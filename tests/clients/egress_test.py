#!/usr/bin/env python3
"""Programs that people use (npm, pip, git), unmodified, in the sandbox of `hearth code`, before servers of this machine that want a token.

    HEARTH_PROGRAM=build/release/hearth tests/clients/egress_test.py
"""

import json
import os
import secrets
import subprocess
import tempfile
import unittest
from pathlib import Path

import canary_search
import obedient_engine
import package_servers
import scripted_talk
import secure_server

PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
LIMIT_S = 120
# Servers on 127.0.0.1 are asked by the proxy here, too.
BY_PROXY = "export no_proxy= NO_PROXY= npm_config_noproxy=; "


class EgressTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True, dir="/var/tmp")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.workspace = self.root / "project"
        self.workspace.mkdir()
        certificate, key = secure_server.make_certificate(self.root)
        self.server = secure_server.SecureServer(package_servers.Handler, certificate, key)
        # npm takes an address behind a proxy for the host "localhost" when it checks its certificate, so it is asked without TLS.
        self.plain = package_servers.PlainServer()
        token = "real-" + secrets.token_hex(16)
        for server in (self.server, self.plain):
            self.addCleanup(server.close)
            server.asked, server.token, server.repositories = [], token, self.root / "repositories"
        self.place = self.server.url.removeprefix("https://")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.root), "HEARTH_HOME": str(self.root / "hearth"), "LANG": "C.UTF-8",
                            "SSL_CERT_FILE": str(certificate)}
        self.hearth("secret", "set", "token", told=self.server.token)

    def hearth(self, *arguments, told=""):
        done = subprocess.run([PROGRAM, *arguments], input=told, cwd=self.workspace, env=self.environment, capture_output=True, text=True,
                              timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def run_command(self, command, *rules):
        """What it printed; the token is in nothing that was printed or written."""
        engine = obedient_engine.ObedientEngine([("bash", {"command": BY_PROXY + command})])
        self.addCleanup(engine.close)
        options = [word for rule in rules for word in ("--allow-host", rule)]
        out = self.hearth("code", "--server", engine.url, "-m", scripted_talk.MODEL, "--mode", "json", "-p", "Go on.", *options)
        known = canary_search.Keys({"token": self.server.token})
        self.assertEqual(known.of(out.encode()), set())
        self.assertEqual({place for place, _, _ in canary_search.in_files(self.root, known)}, {"hearth/data/secrets/token"})
        return scripted_talk.text_of(engine.requests[-1]["messages"][-1])

    def judged(self):
        """(method, path, decision) of every request, as it was recorded."""
        records = [json.loads(line) for line in self.hearth("audit", "show", "--json").splitlines()]
        return [(each["method"], each["url"].removeprefix(self.server.url), each["decision"]) for each in records if each["type"] == "egress"]

    def test_npm_installs_from_a_registry_that_wants_a_token(self):
        said = self.run_command(
            f"echo '//{self.plain.place}/npm/:_authToken=${{TOKEN}}' > .npmrc; "
            f"npm install {package_servers.NAME} --registry {self.plain.url}/npm/ --no-audit --no-fund --no-update-notifier 2>&1 && "
            f"node -p 'require(\"{package_servers.NAME}\")'",
            f"{self.plain.url}/npm with token in Authorization: Bearer {{}}",
        )
        self.assertIn("hello from the registry", said)
        self.assertIn(("GET", f"/npm/{package_servers.TARBALL}", f"Bearer {self.server.token}"), self.plain.asked)
        self.assertTrue((self.workspace / f"node_modules/{package_servers.NAME}/index.js").is_file())

    def test_pip_installs_from_an_index_that_wants_a_token(self):
        said = self.run_command(
            f"python3 -m pip install -q --disable-pip-version-check --target lib --index-url https://me:$TOKEN@{self.place}/pip/ "
            f"{package_servers.NAME} 2>&1; PYTHONPATH=lib python3 -c 'import {package_servers.MODULE} as m; print(m.WORDS)'",
            f"{self.server.url}/pip with token in Authorization: Basic me:{{}}",
        )
        self.assertIn("hello from the index", said)

    def make_repository(self):
        repository = self.server.repositories / "tool.git"
        author = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = os.environ | author | {"GIT_CONFIG_GLOBAL": "/dev/null"}
        source = self.root / "source"
        for command in (["init", "-q", "-b", "main", str(source)], ["-C", str(source), "commit", "-q", "--allow-empty", "-m", "First words"],
                        ["clone", "-q", "--bare", str(source), str(repository)], ["-C", str(repository), "config", "http.receivepack", "true"]):
            subprocess.run(["git", *command], env=environment, check=True)
        return repository

    def heads(self, repository):
        return subprocess.run(["git", "-C", str(repository), "for-each-ref"], capture_output=True, text=True, check=True).stdout

    def test_git_clones_and_its_push_is_refused_by_the_path_of_a_rule(self):
        repository = self.make_repository()
        before = self.heads(repository)
        url = f"https://me:$TOKEN@{self.place}/git/tool.git"
        said = self.run_command(
            f"git clone -q {url} /tmp/tool && cd /tmp/tool && git log --format=%s && git config user.email a@b.example && "
            f"git config user.name a && git commit -q --allow-empty -m Second && git push -q origin main; echo status $?",
            f"{self.server.url}/git with token in Authorization: Basic me:{{}}",
            f"POST {self.server.url}/git/tool.git/git-upload-pack with token in Authorization: Basic me:{{}}",
        )
        self.assertIn("First words", said)
        self.assertNotIn("status 0", said)
        self.assertIn("do not allow this path", said)
        self.assertEqual(self.heads(repository), before)
        self.assertIn(("POST", "/git/tool.git/git-upload-pack", "allowed"), self.judged())
        self.assertIn(("POST", "/git/tool.git/git-receive-pack", "refused"), self.judged())
        self.assertFalse([path for method, path, _ in self.server.asked if method == "POST" and "receive" in path])
        pushed = self.run_command(
            f"git clone -q {url} /tmp/tool && cd /tmp/tool && git -c user.email=a@b.example -c user.name=a commit -q --allow-empty -m Second "
            f"&& git push -q origin main; echo status $?",
            f"GET,POST {self.server.url}/git with token in Authorization: Basic me:{{}}",
        )
        self.assertIn("status 0", pushed, "with a rule that allows it, it is done")
        self.assertNotEqual(self.heads(repository), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)

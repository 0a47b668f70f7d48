#!/usr/bin/env python3
"""`hearth share` on sessions of `hearth code`, on an engine that follows a script.

    HEARTH_PROGRAM=build/release/hearth tests/clients/share_test.py
"""

import base64
import hashlib
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import scripted_talk

PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
LIMIT_S = 60
KEPT, VARIABLE, LISTED = "kept-secret-0001", "named-secret-0002", "listed-secret-0003"


class ShareTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.workspace = self.root / "home/project"
        self.workspace.mkdir(parents=True)
        self.engine = scripted_talk.ScriptedTalk()
        self.addCleanup(self.engine.close)
        self.deltas = self.engine.deltas

    def hearth(self, *arguments, input=None, status=0):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "HEARTH_HOME": str(self.root / "hearth"), "LANG": "C.UTF-8",
                       "MY_API_KEY": VARIABLE}
        done = subprocess.run([PROGRAM, *arguments], cwd=self.workspace, env=environment, input=input, capture_output=True, text=True,
                              timeout=LIMIT_S)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        self.errors = done.stderr
        return done.stdout

    def say(self, prompt):
        self.hearth("code", "--mode", "json", "--server", self.engine.url, "--context", "32768", "-m", scripted_talk.MODEL, prompt)

    def share(self, *arguments, **more):
        return json.loads(self.hearth("share", "--json", *arguments, **more))

    def test_a_dataset_has_no_secret_and_says_what_it_is(self):
        coded = base64.b64encode(f"user:{LISTED}".encode()).decode()
        self.say(f"Use {VARIABLE} and {KEPT} and {coded} in {self.workspace}")
        self.say("TOOL please")
        self.hearth("secret", "set", "kept", input=KEPT)
        listed = self.root / "env"
        listed.write_text(f"export OTHER={LISTED}\n")
        seen = self.share("--variables", str(listed))
        self.assertEqual((seen["shared"], len(seen["sessions"])), (2, 2))
        self.assertGreaterEqual(sum(each["secrets"] for each in seen["sessions"]), 3)
        self.assertFalse((self.root / "set").exists())
        self.share("--variables", str(listed), "--to", str(self.root / "set"), "--licence", "CC-BY-4.0")
        manifest = json.loads((self.root / "set/manifest.json").read_text())
        files = {each["path"]: self.root / "set" / each["path"] for each in manifest["files"]}
        self.assertEqual(len(files), 4)
        for each in manifest["files"]:
            data = files[each["path"]].read_bytes()
            self.assertEqual(each["sha256"], hashlib.sha256(data).hexdigest())
            for secret in (KEPT, VARIABLE, LISTED, coded, str(self.root / "home")):
                self.assertNotIn(secret.encode(), data)
        records = [json.loads(line) for line in files["data/sessions.jsonl"].read_text().splitlines()]
        talks = [[message["role"] for message in record["messages"]] for record in records]
        self.assertIn(["system", "user", "assistant", "toolResult", "assistant"], talks)
        self.assertIn("license: cc-by-4.0", files["README.md"].read_text())
        # A trace is a session that goes on.
        trace = next(path for name, path in files.items() if name.startswith("traces/"))
        self.hearth("code", "--mode", "json", "--server", self.engine.url, "--context", "32768", "-m", scripted_talk.MODEL, "--fork", str(trace), "again")
        self.hearth("share", "--to", str(self.root / "set"), status=4)

    def test_a_denied_text_holds_a_session_back(self):
        self.say("about the ACME contract")
        self.say("hello")
        seen = self.share("--deny", "acme")
        self.assertEqual(sorted(each["shared"] for each in seen["sessions"]), [False, True])
        self.assertIn("'acme'", next(each["held_back"] for each in seen["sessions"] if not each["shared"]))
        self.assertIn("1 of 2 sessions", self.hearth("share", "--deny", "acme"))
        self.hearth("share", "--deny", "acme", "--deny", "hello", "--to", str(self.root / "set"), status=3)
        self.assertFalse((self.root / "set").exists())

    def test_a_reviewer_holds_back_and_the_person_may_accept(self):
        self.say("hello")
        verdict = {"shareable": "no", "flagged": ["hello"], "why": "It greets."}
        self.engine.deltas = lambda request: [(0, {"content": json.dumps(verdict)})]
        review = ["--review-model", scripted_talk.MODEL, "--server", self.engine.url]
        (seen,) = self.share(*review)["sessions"]
        self.assertEqual((seen["shared"], seen["review"]), (False, verdict))
        self.assertIn("shareable", json.dumps(self.engine.requests[-1]))
        self.assertEqual(self.share(*review, "--accept", seen["id"][:12])["shared"], 1)
        verdict.update(shareable="yes", flagged=[])
        self.assertEqual(self.share(*review)["shared"], 1)

    def test_a_reviewer_is_none_elsewhere(self):
        self.say("hello")
        models = self.root / "hearth/config/models.json"
        models.parent.mkdir(parents=True, exist_ok=True)
        models.write_text(json.dumps({"providers": {"cloud": {"baseUrl": self.engine.url + "/v1", "api": "openai-completions", "apiKey": "k",
                                                              "models": [{"id": "m", "contextWindow": 32768}]}}}))
        asked = len(self.engine.requests)
        self.hearth("share", "--review-model", "cloud/m", status=2)
        self.assertIn("--review-model cloud/m", self.errors)
        self.assertEqual(len(self.engine.requests), asked)

    def test_a_folder_that_holds_something_is_refused_before_the_work(self):
        self.say("hello")
        (self.root / "set").mkdir()
        (self.root / "set/mine").write_text("mine")
        asked = len(self.engine.requests)
        self.hearth("share", "--review-model", scripted_talk.MODEL, "--server", self.engine.url, "--to", str(self.root / "set"), status=4)
        self.assertEqual(len(self.engine.requests), asked)


if __name__ == "__main__":
    unittest.main()

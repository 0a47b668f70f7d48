#!/usr/bin/env python3
"""Nothing of a supervised command outlives it, its supervisor or the script that started it."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "supervise.py"
# Writes its process id and that of a child in a session of its own, which ignores SIGTERM, then waits.
TREE = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
time.sleep(60)
"""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class SuperviseTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.list = pathlib.Path(self.scratch.name) / "pids"

    def tree_command(self):
        return [sys.executable, "-c", TREE, str(self.list)]

    def tree(self):
        return [int(line) for line in self.list.read_text().split()] if self.list.exists() else []

    def assert_tree_ends(self):
        self.assertTrue(wait_for(lambda: not any(is_running(pid) for pid in self.tree())))

    def run_tool(self, *command):
        return subprocess.run([sys.executable, TOOL, str(os.getpid()), *command], capture_output=True, text=True, timeout=60)

    def test_exit_status_is_the_commands_own(self):
        self.assertEqual(self.run_tool("sh", "-c", "exit 7").returncode, 7)
        self.assertEqual(self.run_tool("sh", "-c", "kill -9 $$").returncode, 128 + signal.SIGKILL)

    def test_a_missing_command_is_named(self):
        result = self.run_tool("no-such-command")
        self.assertEqual(result.returncode, 127)
        self.assertIn("no-such-command: No such file", result.stderr)

    def test_what_a_command_leaves_behind_is_ended(self):
        self.assertEqual(self.run_tool("sh", "-c", f"'{sys.executable}' -c '{TREE}' '{self.list}' & "
                                       f"while [ \"$(wc -l <'{self.list}')\" != 2 ]; do sleep 0.05; done 2>/dev/null").returncode, 0)
        self.assertEqual(len(self.tree()), 2)
        self.assert_tree_ends()

    def test_stopping_the_supervisor_ends_the_tree(self):
        tool = subprocess.Popen([sys.executable, TOOL, str(os.getpid()), *self.tree_command()])
        self.assertTrue(wait_for(lambda: len(self.tree()) == 2))
        tool.terminate()
        self.assertEqual(tool.wait(30), 128 + signal.SIGTERM)
        self.assert_tree_ends()

    def test_killing_the_parent_ends_the_tree(self):
        script = 'import os, subprocess, sys; subprocess.run([sys.executable, sys.argv[1], str(os.getpid()), *sys.argv[2:]])'
        parent = subprocess.Popen([sys.executable, "-c", script, str(TOOL), *self.tree_command()])
        self.assertTrue(wait_for(lambda: len(self.tree()) == 2))
        parent.kill()
        parent.wait()
        self.assert_tree_ends()

    def test_killing_the_parents_whole_process_group_ends_the_tree(self):
        script = 'import os, subprocess, sys; subprocess.run([sys.executable, sys.argv[1], str(os.getpid()), *sys.argv[2:]])'
        parent = subprocess.Popen([sys.executable, "-c", script, str(TOOL), *self.tree_command()], start_new_session=True)
        self.assertTrue(wait_for(lambda: len(self.tree()) == 2))
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait()
        self.assert_tree_ends()

    def test_a_parent_that_is_gone_already_starts_nothing(self):
        result = subprocess.run([sys.executable, TOOL, "1", "sh", "-c", "echo started"], capture_output=True, text=True, timeout=60)
        self.assertEqual((result.returncode, result.stdout), (143, ""))


if __name__ == "__main__":
    unittest.main()

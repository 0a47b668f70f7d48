#!/usr/bin/env python3
"""`hearth code` at a terminal (a pty), on an engine that follows a script.

    HEARTH_PROGRAM=build/release/hearth tests/clients/terminal_test.py
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from pathlib import Path

import scripted_talk

PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
GUARD = Path(__file__).resolve().parents[2] / "docs/examples/guard.py"
LIMIT_S = 60
SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
COLOUR = re.compile(r"\x1b\[[0-9;]*\b[34][0-9]\b[0-9;]*m")
CTRL_C, CTRL_D, ESCAPE, ENTER, DOWN = "\x03", "\x04", "\x1b", "\r", "\x1b[B"
CLOSED = scripted_talk.CLOSING


class TerminalTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.workspace = self.root / "workspace"
        self.workspace.mkdir()
        self.engine = scripted_talk.ScriptedTalk()
        self.addCleanup(self.engine.close)
        self.ours, self.theirs = pty.openpty()
        self.addCleanup(os.close, self.ours)
        self.addCleanup(os.close, self.theirs)
        self.resize(24, 80)
        self.before = termios.tcgetattr(self.theirs)
        self.written = ""
        self.mark = 0  # where what the last key led to begins

    def resize(self, rows, columns):
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def start(self, *arguments, **environment):
        command = [PROGRAM, "code", "--server", self.engine.url, "--context", "32768", "-m", scripted_talk.MODEL, *arguments]
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.root), "HEARTH_HOME": str(self.root / "hearth"),
                     "LANG": "C.UTF-8", "TERM": "xterm-256color", **environment}
        self.process = subprocess.Popen(command, cwd=self.workspace, env=variables, stdin=self.theirs, stdout=self.theirs,
                                        stderr=self.theirs, start_new_session=True)
        self.addCleanup(self.end)
        self.wait("say what to do")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LIMIT_S)

    def press(self, keys):
        self.mark = len(self.written)
        os.write(self.ours, keys.encode())

    def wait(self, text):
        """Until it is written behind the last key, whatever its colours; returns what was written there."""
        end = time.monotonic() + LIMIT_S
        while text not in (plain := SEQUENCE.sub("", self.written[self.mark:])):
            self.assertLess(time.monotonic(), end, f"no {text!r} in {plain!r}")
            if select.select([self.ours], [], [], 0.1)[0]:
                self.written += os.read(self.ours, 65536).decode(errors="replace")
        return plain

    def leave(self):
        """Ends it with ctrl+d: the terminal is as it was."""
        self.press(CTRL_D)
        self.wait("goes on with this one.")
        self.assertEqual(self.process.wait(LIMIT_S), 0)
        self.assertEqual(termios.tcgetattr(self.theirs), self.before)

    def test_a_prompt_is_answered_with_a_tool_and_the_terminal_is_left_as_it_was(self):
        self.start()
        self.press("TOOL please" + ENTER)
        plain = self.wait(CLOSED)
        self.assertIn("bash echo hi; echo there", plain)
        self.leave()
        self.assertRegex(self.written, COLOUR)

    def test_escape_stops_a_run_and_gives_back_what_was_queued(self):
        self.start()
        self.press("SLEEP" + ENTER)
        self.wait("Running bash")
        self.press("and then this" + ENTER)
        self.wait("Next: and then this")
        began = time.monotonic()
        self.press(ESCAPE)
        self.wait("Stopped.")
        self.assertLess(time.monotonic() - began, 10)  # the tool would have slept for 20
        self.press(ENTER)
        self.wait("> and then this")
        self.wait(CLOSED)
        self.leave()

    def test_a_session_goes_on_where_it_was_left(self):
        self.start()
        self.press("first words" + ENTER)
        self.wait(CLOSED)
        self.leave()
        self.mark = len(self.written)
        self.start("-c")
        self.wait("first words")
        self.leave()

    def test_a_plan_is_made_signed_and_kept_to(self):
        self.start()
        self.press("/plan Write a greeting" + ENTER)
        plain = self.wait("Sign this plan?")
        self.assertIn("In which language?", plain)
        for request in self.engine.requests:
            self.assertEqual({tool["function"]["name"] for tool in request["tools"]}, {"read", "search"})
        self.assertFalse((self.workspace / "greeting.txt").exists())
        self.press(DOWN + ENTER)
        self.wait("Signed.")
        self.wait(CLOSED)
        self.assertEqual((self.workspace / "greeting.txt").read_text(), "hello")
        self.press("BESIDE" + ENTER)
        self.wait("wants to change beside.txt")
        self.assertFalse((self.workspace / "beside.txt").exists())
        self.press(ENTER)  # leaves it as it is
        self.press("/plan" + ENTER)
        self.wait("[x] greeting.txt: Write the greeting.")
        self.leave()
        self.mark = len(self.written)
        self.start("-c")
        self.wait("The signed plan is in force: 1 of 1 steps are done.")
        self.leave()

    def files(self):
        return {each.name: each.read_text() for each in self.workspace.iterdir()}

    def code(self, *arguments):
        """A verb of `hearth code` in the workspace: what it printed."""
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.root), "HEARTH_HOME": str(self.root / "hearth")}
        done = subprocess.run([PROGRAM, "code", *arguments], cwd=self.workspace, env=variables, capture_output=True, text=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_what_a_prompt_changed_is_taken_back_and_brought_back(self):
        (self.workspace / "old.txt").write_text("old\n")
        before, after = {"old.txt": "old\n"}, {"old.txt": "written\n", "new.txt": "new\n"}
        self.start()
        self.press("WRITE" + ENTER)
        self.wait(CLOSED)
        self.assertEqual(self.files(), after)
        self.press("/diff" + ENTER)
        self.wait("-old")
        self.press("/undo" + ENTER)
        self.wait("Taken back")
        self.assertEqual(self.files(), before)
        self.press("/redo" + ENTER)
        self.wait("Brought back")
        self.assertEqual(self.files(), after)
        # Another place of the tree, with its files: before the prompt.
        self.press("/tree" + ENTER)
        self.wait("you: WRITE")
        self.press("you" + ENTER)
        self.wait("bring the files")
        self.press("bring" + ENTER)
        self.wait("Brought back: the files of that point.")
        self.assertEqual(self.files(), before)
        self.press(CTRL_C)  # the prompt is in the editor, to be said again
        self.leave()
        # And when the session has ended.
        self.assertIn("old.txt", self.code("redo"))
        self.assertEqual(self.files(), after)
        self.assertIn("WRITE", self.code("turns"))
        self.assertIn("+written", self.code("diff", "1"))
        self.assertIn("This would take back", self.code("undo", "--dry-run"))
        self.assertEqual(self.files(), after)
        (self.workspace / "new.txt").write_text("mine\n")
        self.assertIn("removed  new.txt", self.code("undo", "--force"))
        self.assertEqual(self.files(), before)

    def test_an_entry_of_the_tree_is_labelled(self):
        self.start()
        self.press("first words" + ENTER)
        self.wait(CLOSED)
        self.press("/tree" + ENTER)
        self.wait("you: first words")
        self.press("L")
        self.wait("Label")
        self.press("a place to remember" + ENTER)
        self.wait("a place to remember")
        self.press(CTRL_C)
        self.leave()
        (session,) = (self.root / "hearth/state/sessions").glob("*/*.jsonl")
        self.assertIn('"label":"a place to remember"', session.read_text())

    def test_an_extension_asks_before_a_command_runs_and_has_commands(self):
        self.start("-e", str(GUARD))
        self.press('CALL bash {"command": "rm -rf ./sub; echo was-run"}' + ENTER)
        self.wait("Run this command?")
        self.wait("rm -rf ./sub")
        self.press("no" + ENTER)
        self.wait(CLOSED)
        self.press("/guard" + ENTER)
        self.wait("guard: 1 commands were refused")
        self.press('CALL bash {"command": "rm -rf ./sub; echo was-run"}' + ENTER)
        self.wait("Run this command?")
        self.press(ENTER)
        self.wait("was-run")
        self.wait(CLOSED)
        self.leave()

    def test_a_person_is_asked_before_a_command_and_no_is_what_enter_means(self):
        command = 'CALL bash {"command": "echo \\u202e\\u001b[2J; echo was-run"}' + ENTER
        self.start("--permissions", "ask")
        self.press(command)
        plain = self.wait("Yes, always in this project")
        self.assertIn("Run this command?", plain)
        self.assertIn("\\u202e\\x1b[2J; echo was-run", plain)
        self.press(ENTER)
        self.wait("the answer is no")
        self.wait(CLOSED)
        self.press(command)
        self.wait("Yes, always in this project")
        self.press("always" + ENTER)
        self.wait("was-run")
        self.wait(CLOSED)
        self.leave()
        # The next session knows.
        self.mark = len(self.written)
        self.start("--permissions", "ask")
        self.press(command)
        plain = self.wait(CLOSED)
        self.assertNotIn("Run this command?", plain)
        self.press('CALL write {"path": "a.txt", "content": "hello\\n"}' + ENTER)
        self.wait("Yes, once")
        plain = SEQUENCE.sub("", self.written[self.mark:])
        self.assertIn("Make this change?", plain)
        self.assertIn("+hello", plain)
        self.press(DOWN + ENTER)
        self.wait(CLOSED)
        self.assertEqual((self.workspace / "a.txt").read_text(), "hello\n")
        self.leave()
        self.assertNotIn("\u202e", self.written)

    def test_escape_on_a_question_is_no_and_a_quit_leaves_no_question(self):
        self.start("--permissions", "ask")
        self.press('CALL bash {"command": "touch made"}' + ENTER)
        self.wait("Yes, once")
        self.press(ESCAPE)
        self.wait("the answer is no")
        self.wait(CLOSED)
        self.press('CALL bash {"command": "touch made"}' + ENTER)
        self.wait("Yes, once")
        os.kill(self.process.pid, signal.SIGTERM)
        self.wait("goes on with this one.")
        self.process.wait(LIMIT_S)
        self.assertFalse((self.workspace / "made").exists())

    def test_without_colour_and_in_another_size(self):
        self.start(NO_COLOR="1")
        self.press("hello" + ENTER)
        self.wait(CLOSED)
        self.mark = len(self.written)
        self.resize(20, 50)
        os.kill(self.process.pid, signal.SIGWINCH)
        self.wait("\u2500" * 50)
        self.leave()
        self.assertNotRegex(self.written, COLOUR)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""The frame of ./quickstart and ./check: one at a time, a clean end, words when a step fails."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class StepsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name) / "a folder"
        shutil.copytree(ROOT / "tools", self.folder / "tools")

    def command(self, body):
        return ["bash", "-c", f"set -euo pipefail\nprogram=quickstart\nsource tools/steps.sh\ntake_lock\nstep_count=1\n{body}\n"]

    def run_script(self, body, **options):
        return subprocess.run(self.command(body), cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, **options)

    def start_script(self, body):
        """A script whose step writes its process id to `pid` and waits."""
        process = subprocess.Popen(self.command(body), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.assertTrue(wait_for(lambda: self.waiting_pid() is not None))
        return process

    def waiting_pid(self):
        path = self.folder / "pid"
        text = path.read_text() if path.exists() else ""
        return int(text) if text.endswith("\n") else None

    WAITING_STEP = "run_logged wait bash -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 60'"

    def test_output_goes_to_the_log_and_the_status_is_the_commands_own(self):
        result = self.run_script("status=0; run_logged work bash -c 'echo to the log; exit 3' || status=$?; echo status $status")
        self.assertEqual(result.stdout.strip(), "status 3")
        self.assertEqual((self.folder / "build/logs/work.log").read_text(), "to the log\n")

    def test_of_two_commands_the_one_that_fails_is_named_at_once(self):
        result = self.run_script("start_logged slow sleep 60; slow=$started; start_logged bad false\n"
                                 "wait_logged slow $slow bad $started || echo \"failed: $failed\"")
        self.assertEqual(result.stdout.strip(), "failed: bad")

    def test_giving_up_shows_the_end_of_the_log_and_what_to_do(self):
        result = self.run_script("run_logged work bash -c 'echo the reason; exit 1' || give_up work 'It failed.' 'Do this.'")
        self.assertEqual(result.returncode, 1)
        for words in ("It failed.", "    the reason", "build/logs/work.log", "Do this."):
            self.assertIn(words, result.stderr)

    def test_a_second_run_is_refused_and_names_the_first(self):
        first = self.start_script(self.WAITING_STEP)
        second = self.run_script("echo not reached")
        self.assertEqual(second.returncode, 4)
        self.assertIn(f"process {first.pid}", second.stderr)
        os.kill(first.pid, signal.SIGTERM)
        first.wait(20)

    def test_an_interruption_ends_the_step_and_says_how_to_go_on(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process = self.start_script(self.WAITING_STEP)
                os.kill(process.pid, number)
                self.assertEqual(process.wait(20), 130)
                self.assertIn("goes on from here", process.stdout.read())
                self.assertFalse(is_running(self.waiting_pid()))
                (self.folder / "pid").unlink()

    def test_ctrl_c_ends_the_step(self):
        process = self.start_script(self.WAITING_STEP)
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        self.assertFalse(is_running(self.waiting_pid()))

    def test_a_killed_run_leaves_nothing_and_the_next_one_starts(self):
        process = self.start_script(self.WAITING_STEP)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.assertEqual(self.run_script("echo goes on").stdout.splitlines()[-1], "goes on")
        self.assertTrue(wait_for(lambda: not is_running(self.waiting_pid())))

    def test_what_outlived_a_killed_group_is_ended_by_the_next_run(self):
        # The supervisor is killed together with the script, and the step ignores SIGTERM.
        body = "run_logged wait bash -c 'trap \"\" TERM; echo $$ >pid.new; mv pid.new pid; sleep 60; sleep 60'"
        process = self.start_script(body)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.assertTrue(is_running(self.waiting_pid()))
        result = self.run_script("echo goes on")
        self.assertEqual(result.stdout.splitlines(), ["Ending what an interrupted run left behind.", "goes on"])
        self.assertTrue(wait_for(lambda: not is_running(self.waiting_pid())))

    def test_progress_of_build_and_package_manager_is_in_words(self):
        logs = self.folder / "build/logs"
        logs.mkdir(parents=True)
        for text, words in (("[1/9] a\n[2/9] Building b\n", "[2/9] Building b"), ("  5 %\r 10 %\r", "10 %"),
                            ("pmstatus:mold:41.5:Unpacking mold (amd64)\n", "41 % Unpacking mold (amd64)"), ("", "")):
            (logs / "x.log").write_text(text)
            self.assertEqual(self.run_script("log_progress build/logs/x.log").stdout.strip(), words)


if __name__ == "__main__":
    unittest.main()

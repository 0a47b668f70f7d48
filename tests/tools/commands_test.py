#!/usr/bin/env python3
"""./quickstart and ./check with every tool played by a short script: order, counts, words and exit status."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Each notes its call. $BREAK names what fails. ninja "builds" the programs that the next steps start.
NOTE = 'echo "$(basename "$0") $*" >>"$STATE/calls"\n'
PROGRAM = '#!/bin/bash\necho "$(basename "$0") $*" >>"$STATE/calls"\n[[ " $BREAK " != *" $(basename "$0") "* ]]\n'
FAKES = {
    "dpkg-query": "packages=(\"${@:3}\"); for name in \"${packages[@]}\"; do echo \"$name install ok installed\"; done",
    "apt-get": NOTE,
    "cmake": NOTE + 'folder=build/$2; [[ $2 != check ]] || folder=build/release; mkdir -p "$folder"\n'
             'printf "CMAKE_HOME_DIRECTORY:INTERNAL=%s\\n" "$PWD" >"$folder/CMakeCache.txt"; touch "$folder/build.ninja"\n'
             '[[ " $BREAK " != *" cmake-$2 "* ]]',
    "ninja": NOTE + 'folder=$2; [[ " $BREAK " == *" ninja-$folder "* ]] && { echo "FAILED: x.o"; exit 1; }\n'
             'mkdir -p "$folder/bench" "$folder/fuzz"\n'
             'for name in hearth bench/core_bench fuzz/core_json_fuzz; do cp "$STATE/program" "$folder/$name"; done',
    "ctest": NOTE + 'again=$([[ $* != *--rerun-failed* ]] || echo yes)\n'
             'if [[ " $BREAK " == *" ctest "* || -z $again && " $BREAK " == *" unsteady "* ]]; then\n'
             'echo "3/10 Test #3: Split.Keeps ...***Failed"\n'
             '[[ " $BREAK " != *" sanitizer "* ]] || echo "==3==ERROR: AddressSanitizer: heap-use-after-free"\n'
             'echo "90% tests passed, 1 tests failed out of 10"\n'
             'printf "\\nThe following tests FAILED:\\n\\t  3 - Split.Keeps (Failed) os\\n"; exit 8; fi\n'
             'echo "100% tests passed, 0 tests failed out of 10"',
    "clang-format-19": NOTE + '[[ " $BREAK " != *" format "* ]]',
    "clang-tidy-19": NOTE,
    "shellcheck": NOTE,
    "nproc": "echo 2",
}


class CommandsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.state = pathlib.Path(scratch.name)
        self.root = self.state / "a clone"
        for folder in ("tools", "examples", ".ci"):
            shutil.copytree(ROOT / folder, self.root / folder)
        for name in ("check", "quickstart", "CMakePresets.json", ".clang-tidy"):
            shutil.copy(ROOT / name, self.root)
        for name in ("src/core", "sdk", "tests/os", "fuzz/corpus/core_json", "bench", "engine", "build/release"):
            (self.root / name).mkdir(parents=True)
        (self.root / "src/rooms.txt").write_text("core:\n")
        (self.root / "src/core/a.cpp").write_text("int a;\n")
        (self.root / "fuzz/corpus/core_json/one").write_text("{}")
        (self.root / "build/release/compile_commands.json").write_text("[]")
        self.add(self.root / "engine/build", PROGRAM.replace("basename", "echo engine/; : basename"))
        self.add(self.state / "program", PROGRAM)
        # The clients of the server are there already.
        self.add(self.root / "tests/clients/install", "#!/bin/bash\n")
        for name in ("clients", "node", "terminal", "sdk", "context", "share", "extensions", "permissions", "canary", "injection",
                     "egress"):
            self.add(self.root / f"tests/clients/{name}_test.py", "")
        for name, body in FAKES.items():
            self.add(self.state / "bin" / name, f"#!/bin/bash\n{body}\n")

    def add(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run_command(self, *command, broken="", home="home"):
        environment = {"PATH": f"{self.state}/bin:/usr/bin:/bin", "STATE": str(self.state), "BREAK": broken,
                       "HOME": str(self.state), "HEARTH_HOME": str(self.state / home)}
        (self.state / "calls").unlink(missing_ok=True)
        return subprocess.run([str(self.root / command[0]), *command[1:]], cwd="/", env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=240)

    def calls(self):
        return (self.state / "calls").read_text().splitlines()

    def test_quickstart_goes_through_all_steps_and_hands_over_the_example(self):
        result = self.run_command("quickstart", "--example", "text-wrap")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        for number in range(1, 5):
            self.assertIn(f"[{number}/4] ", result.stdout)
        work = self.root / "build/quickstart/text-wrap"
        self.assertTrue((work / "wrap.cpp").is_file())
        prompt = (ROOT / "examples/text-wrap/prompt.txt").read_text().strip()
        self.assertEqual(self.calls()[-1], f"hearth code -m qwen2.5-coder:1.5b -p {prompt} --test make -s test")
        self.assertIn("hearth pull qwen2.5-coder:1.5b", self.calls())

    def test_quickstart_a_second_time_configures_nothing_and_takes_a_fresh_copy(self):
        self.run_command("quickstart")
        work = self.root / "build/quickstart/interval-merger"
        (work / "intervals.py").write_text("changed")
        self.assertEqual(self.run_command("quickstart").returncode, 0)
        self.assertFalse([call for call in self.calls() if call.startswith(("cmake", "apt-get"))])
        self.assertNotEqual((work / "intervals.py").read_text(), "changed")

    def test_quickstart_stops_before_the_repair_when_asked(self):
        self.assertEqual(self.run_command("quickstart", "--no-run").returncode, 0)
        self.assertFalse([call for call in self.calls() if call.startswith("hearth code")])

    def test_quickstart_says_which_part_failed_and_what_is_kept(self):
        result = self.run_command("quickstart", broken="ninja-build/release")
        self.assertEqual(result.returncode, 1)
        self.assertIn("hearth could not be built.", result.stderr)
        result = self.run_command("quickstart", broken="hearth")
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not be downloaded", result.stderr)
        self.assertIn("it goes on where it stopped", result.stderr)

    def test_quickstart_configures_again_in_a_folder_that_was_moved(self):
        self.run_command("quickstart", "--no-run")
        moved = self.state / "moved"
        self.root.rename(moved)
        self.root = moved
        self.assertEqual(self.run_command("quickstart", "--no-run").returncode, 0)
        self.assertTrue([call for call in self.calls() if call.startswith("cmake --preset release")])

    def test_unknown_options_and_examples_are_refused_with_the_choice(self):
        self.assertEqual(self.run_command("check", "--everything").returncode, 2)
        self.assertEqual(self.run_command("quickstart", "--everything").returncode, 2)
        result = self.run_command("quickstart", "--example", "nothing")
        self.assertEqual(result.returncode, 2)
        self.assertIn("text-wrap", result.stderr)

    def test_check_sums_every_test_of_every_stage(self):
        result = self.run_command(".ci/run")
        # Four runs of ten tests; layers, shellcheck, format, one bench, engine, models, clients for
        # Python and Node and their installation, the terminal, libhearth, extensions, permissions, canary, injections, egress, one fuzz target, tidy.
        self.assertEqual(result.stdout.splitlines()[-1], "60 passed, 0 failed", result.stdout + result.stderr)
        self.assertEqual(result.returncode, 0)
        self.assertIn("[14/14] clang-tidy", result.stdout)

    def test_check_goes_on_after_a_failure_and_ends_with_its_status(self):
        result = self.run_command("check", broken="ctest format ninja-build/tsan")
        # One of ten in each of three runs, the format, and the last build, whose tests cannot run then.
        self.assertEqual(result.stdout.splitlines()[-1], "46 passed, 5 failed", result.stdout + result.stderr)
        self.assertEqual(result.returncode, 1)
        self.assertIn("Split.Keeps", result.stdout)
        self.assertIn("FAILED: x.o", result.stdout)
        self.assertRegex(result.stdout, r"FAILED +\d+ s  Tests with thread sanitizer, built by GCC")

    def test_a_test_that_passes_alone_is_named_and_does_not_fail_the_check(self):
        result = self.run_command("check", "--quick", broken="unsteady")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(result.stdout.splitlines()[-1], "13 passed, 0 failed")
        self.assertRegex(result.stdout, r"Unsteady, .*\n  Split\.Keeps \(Failed\)")

    def test_what_a_sanitizer_found_is_a_failure_at_once(self):
        result = self.run_command("check", "--quick", broken="unsteady sanitizer")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertFalse([call for call in self.calls() if "--rerun-failed" in call])

    def test_quick_check_stops_after_the_unit_tests(self):
        result = self.run_command("check", "--quick")
        self.assertEqual(result.stdout.splitlines()[-1], "13 passed, 0 failed", result.stdout + result.stderr)
        self.assertFalse([call for call in self.calls() if call.startswith("hearth")])

    def test_check_keeps_what_tests_write_away_from_the_users_home(self):
        self.run_command("check", "--quick", home="my home")
        home = self.root / "build/test-home"
        self.assertEqual(os.readlink(home / "data"), str(self.state / "my home/data"))
        self.assertEqual([entry.name for entry in (self.state / "my home").iterdir() if entry.name not in ("data", "cache")], [])


if __name__ == "__main__":
    unittest.main()

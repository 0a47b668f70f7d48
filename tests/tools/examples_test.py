#!/usr/bin/env python3
"""Every project in examples/ is complete, broken as it is shipped, and right once its fix is applied."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
FIXES = ROOT / "tests" / "data" / "examples"


def run_tests(example, folder):
    command = (example / "test.txt").read_text().strip()
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


class ExamplesTest(unittest.TestCase):
    def in_copies(self, check):
        for example in EXAMPLES:
            with self.subTest(example.name), tempfile.TemporaryDirectory() as scratch:
                folder = pathlib.Path(scratch) / "project"
                shutil.copytree(example / "project", folder)
                check(example, folder)

    def test_there_are_projects_in_two_languages(self):
        languages = {suffix for example in EXAMPLES for suffix in (".py", ".cpp") if list(example.rglob("*" + suffix))}
        self.assertEqual(languages, {".py", ".cpp"})
        self.assertGreaterEqual(len(EXAMPLES), 4)

    def test_each_says_what_it_is(self):
        for example in EXAMPLES:
            with self.subTest(example.name):
                self.assertRegex((example / "README.md").read_text(), r"\A# .+\n")
                for name in ("prompt.txt", "test.txt"):
                    self.assertEqual(len((example / name).read_text().splitlines()), 1, name)

    def test_each_is_broken_as_shipped(self):
        def check(example, folder):
            self.assertNotEqual(run_tests(example, folder).returncode, 0)

        self.in_copies(check)

    def test_each_passes_with_its_fix(self):
        def check(example, folder):
            fix = FIXES / f"{example.name}.patch"
            subprocess.run(["git", "apply", str(fix)], cwd=folder, check=True, capture_output=True, text=True)
            result = run_tests(example, folder)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

        self.in_copies(check)


if __name__ == "__main__":
    unittest.main()

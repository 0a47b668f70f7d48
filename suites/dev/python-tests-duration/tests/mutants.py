"""Runs the answer's tests against the right module and against wrong ones."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def outcome(module, text, test):
    """Whether the tests pass against this text of the module, and how many ran."""
    with tempfile.TemporaryDirectory(dir=".") as box:
        Path(box, module).write_text(text)
        shutil.copy(test, box)
        run = subprocess.run([sys.executable, "-m", "unittest", Path(test).stem],
                             cwd=box, capture_output=True, text=True, timeout=20)
    ran = re.search(r"Ran (\d+) test", run.stderr)
    return run.returncode == 0, int(ran[1]) if ran else 0


def grade(module, test, wrong):
    """`wrong` lists (what is wrong, right text, wrong text)."""
    right = Path(module).read_text()
    failures = []
    passes, count = outcome(module, right, test)
    if not passes or count == 0:
        failures.append(f"the right module: expected passing tests, got {count} run, "
                        f"{'all passing' if passes else 'not all passing'}")
    for what, old, new in wrong:
        if right.count(old) != 1:
            raise SystemExit(f"{what}: the text to change is not there once")
        if outcome(module, right.replace(old, new), test)[0]:
            failures.append(f"{what}: expected a failing test, got none")
    for failure in failures:
        print("FAIL", failure)
    print(f"{len(wrong) + 1 - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0

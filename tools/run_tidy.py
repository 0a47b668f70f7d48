#!/usr/bin/env python3
"""Runs clang-tidy with the rules of .clang-tidy, on as many cores as there are.

usage: run_tidy.py --changed | --all | FILE...

--changed takes the .cpp files that differ from where this branch left the main one (from the last commit when it is the main one
itself), with changes that are not committed; and those that include a header that differs, directly.
A file that passed stays passed until it, a header of ours that it reaches, or the rules change (build/tidy).
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
PASSED = ROOT / "build" / "tidy"
UNITY = re.compile(r"/Unity/unity_\w+\.cxx$")
FOLDERS = ("src", "tests", "fuzz", "bench")
OUTPUT = re.compile(r'\s-o\s+(?:"[^"]*"|\S+)')
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def git(*arguments):
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return result.stdout.split("\0") if result.returncode == 0 else None


def base_commit():
    """Where the changes start: the merge base with the main branch, or the commit before the last."""
    head = git("rev-parse", "HEAD")
    for branch in ("origin/main", "main"):
        base = git("merge-base", "HEAD", branch)
        if base and base != head:
            return base[0].strip()
    before = git("rev-parse", "--verify", "-q", "HEAD~1")
    return before[0].strip() if before else None


def changed_files():
    base = base_commit()
    if base is None:
        return None
    names = (git("diff", "-z", "--name-only", base) or []) + (git("ls-files", "-z", "--others", "--exclude-standard") or [])
    return {ROOT / name for name in names if name}


class Headers:
    """What a file of ours includes, read once."""

    def __init__(self):
        self.cache = {}

    def direct(self, path):
        if path not in self.cache:
            found = set()
            for name in INCLUDE.findall(path.read_text(errors="replace")):
                found.update(place for place in (ROOT / "src" / name, ROOT / "tests" / name, path.parent / name)
                             if place.is_file())
            self.cache[path] = found
        return self.cache[path]

    def reached(self, path):
        seen, todo = set(), [path]
        while todo:
            for header in self.direct(todo.pop()):
                if header not in seen:
                    seen.add(header)
                    todo.append(header)
        return seen


def fingerprint(path, command, headers):
    # Where the object goes says in which batch the file is, which changes with the files beside it.
    digest = hashlib.sha256(OUTPUT.sub("", command).encode())
    for part in [ROOT / ".clang-tidy", path, *sorted(headers.reached(path))]:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def one_by_one(entries):
    """The entries of a compile database, with those of files that are compiled together in place of what includes them."""
    for entry in entries:
        if not UNITY.search(entry["file"]):
            yield entry
            continue
        for name in INCLUDE.findall(pathlib.Path(entry["file"]).read_text()):
            yield {**entry, "file": name, "command": entry["command"].replace(entry["file"], name) + " -Wshadow"}


def tidy(path):
    result = subprocess.run(["clang-tidy-19", "--quiet", "-p", str(PASSED), str(path)], cwd=ROOT, capture_output=True, text=True)
    return result.returncode == 0, result.stdout


def select(argument_list, commands, headers):
    """The compiled files that the arguments ask for."""
    if argument_list == ["--all"]:
        return sorted(commands)
    if argument_list != ["--changed"]:
        return sorted(path for path in (pathlib.Path(name).resolve() for name in argument_list) if path in commands)
    changed = changed_files()
    if changed is None:
        return sorted(commands)
    return sorted(path for path in commands if path in changed or headers.direct(path) & changed)


def main():
    arguments = sys.argv[1:]
    if not arguments:
        sys.exit(__doc__)
    database = BUILD / "compile_commands.json"
    if not database.is_file():
        sys.exit("There is no build/release/compile_commands.json: run cmake --preset check first.")
    ours = tuple(str(ROOT / folder) + os.sep for folder in FOLDERS)
    entries = list(one_by_one(json.loads(database.read_text())))
    commands = {pathlib.Path(entry["file"]): entry["command"] for entry in entries if entry["file"].startswith(ours)}
    headers = Headers()
    files = select(arguments, commands, headers)
    PASSED.mkdir(parents=True, exist_ok=True)
    (PASSED / "compile_commands.json").write_text(json.dumps(entries))
    marks = {path: PASSED / fingerprint(path, commands[path], headers) for path in files}
    todo = [path for path in files if not marks[path].exists()]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for number, (path, (good, output)) in enumerate(zip(todo, pool.map(tidy, todo)), 1):
            if good:
                marks[path].touch()
            else:
                failed += 1
                print(output.strip(), flush=True)
            print(f"[{number}/{len(todo)}] {path.relative_to(ROOT)}{'' if good else ': FAILED'}", flush=True)
    print(f"clang-tidy: {len(files)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Reads every #include below src/ against src/rooms.txt: arrows between rooms, private detail/ folders, fences.

usage: check_layers.py [SOURCE_FOLDER]

Lines of rooms.txt:
    room: room room ...     a room and the rooms it may include, all named above it (so there is no cycle)
    fence PREFIX room ...   headers that only these rooms may include
    ban PREFIX              headers that nobody may include
    not-in-headers PREFIX   headers that only a .cpp or a private header may include, because they are slow to compile
Also finds co_await in the shapes that GCC 12 compiles into crashes without a word, and lists files that are longer than a file should be; that is a question, not an error.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
SUFFIXES = {".h", ".cpp"}
# A lambda that is called at once; a braced temporary or a choice between temporaries among the arguments.
CO_AWAIT = re.compile(r"\bco_await\s*\[|\bco_await\b[^;]*[{?]")
CONDITION = re.compile(r"\b(?:if|while|switch)\s*\((?!\s*(?:const\s+)?auto\b)")
COMMENT = re.compile(r"//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"")
LONG_FILE = 400


class Rules:
    def __init__(self, text):
        self.allowed, self.fences, self.banned, self.not_in_headers, self.errors = {}, {}, [], [], []
        for number, line in enumerate(text.splitlines(), 1):
            words = line.split("#")[0].replace(":", " : ").split()
            if not words:
                continue
            if words[0] == "fence" and len(words) >= 3:
                self.fences[words[1]] = set(words[2:])
            elif words[0] == "ban" and len(words) == 2:
                self.banned.append(words[1])
            elif words[0] == "not-in-headers" and len(words) == 2:
                self.not_in_headers.append(words[1])
            elif len(words) >= 2 and words[1] == ":":
                self.add_room(number, words[0], set(words[2:]))
            else:
                self.errors.append(f"rooms.txt:{number}: cannot be read: {line.strip()}")

    def add_room(self, number, room, uses):
        uses = set(self.allowed) if uses == {"*"} else uses
        if room in self.allowed:
            self.errors.append(f"rooms.txt:{number}: {room} has a line already")
        self.errors += [f"rooms.txt:{number}: {room} uses {use}, which is not above it"
                        for use in sorted(uses - set(self.allowed))]
        self.allowed[room] = uses

    def faults(self, room, is_public_header, target):
        """Why a file of a room may not include a header, one sentence each."""
        other = target.split("/")[0] if "/" in target else None
        if other in self.allowed and other != room:
            if other not in self.allowed.get(room, set()):
                yield f"{room} may not include {target}"
            if "/detail/" in target:
                yield f"{target} is private to {other}"
        for prefix, rooms in self.fences.items():
            if target.startswith(prefix) and room not in rooms:
                yield f"{target} is only for {', '.join(sorted(rooms))}"
        if any(target == prefix or target.startswith(prefix + "/") for prefix in self.banned):
            yield f"{target} is not used here (rooms.txt, ban)"
        if is_public_header and any(target.startswith(prefix) for prefix in self.not_in_headers):
            yield f"{target} is slow to compile: include it in the .cpp"


def co_await_faults(text):
    """Lines with a co_await that GCC 12 miscompiles."""
    # Comments and texts are blanked, not removed, so that lines stay where they are.
    code = COMMENT.sub(lambda match: " " * len(match[0]), text)
    starts = [match.start() for match in CO_AWAIT.finditer(code)]
    for match in CONDITION.finditer(code):
        depth, at = 1, match.end()
        while depth and at < len(code):
            depth += {"(": 1, ")": -1}.get(code[at], 0)
            at += 1
        if "co_await" in code[match.end():at]:
            starts.append(match.start())
    for line in sorted({code.count("\n", 0, start) + 1 for start in starts}):
        yield line


def check(source):
    """Errors and long files of a source folder."""
    rules = Rules((source / "rooms.txt").read_text())
    errors, long_files = list(rules.errors), []
    for path in sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES):
        place = path.relative_to(source)
        if len(place.parts) < 2 or place.parts[0] not in rules.allowed:
            errors.append(f"{place}: not in a room that rooms.txt names")
            continue
        text = path.read_text()
        lines = text.splitlines()
        is_public_header = path.suffix == ".h" and "detail" not in place.parts
        if len(lines) > LONG_FILE:
            long_files.append(f"{place}: {len(lines)} lines")
        if path.suffix == ".h" and "#pragma once" not in lines[:3]:
            errors.append(f"{place}:1: a header starts with #pragma once")
        errors += [f"{place}:{number}: co_await in a shape that GCC 12 miscompiles: name its arguments first"
                   for number in co_await_faults(text)]
        for number, line in enumerate(lines, 1):
            if match := INCLUDE.match(line):
                faults = rules.faults(place.parts[0], is_public_header, match[1])
                errors += [f"{place}:{number}: {fault}" for fault in faults]
    return rules, errors, long_files


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "src"
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    rules, errors, long_files = check(source)
    for line in long_files:
        print(f"{line} (over {LONG_FILE}: are there two ideas in it?)")
    print("\n".join(errors) or f"layers: {len(rules.allowed)} rooms, every include allowed")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())

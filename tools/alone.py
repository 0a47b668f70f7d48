#!/usr/bin/env python3
"""Says which of a target's source files cannot be compiled as one with the others.

usage: alone.py FILE.cpp...

Names in an unnamed namespace are a file's own, until several files are one for the compiler. The fewest files are printed, one a line,
without which no such name is there twice, or is also a name in a header beside the files.
"""
import collections
import pathlib
import re
import sys

TYPE = re.compile(r"(?:struct|class|enum class|enum|union) (\w+)")
OTHER = re.compile(r"\b(\w+)(?:\(|\s*=|\s*\{|\[|;)")
USING = re.compile(r"(?:using (?:[\w:]+::)?(\w+)(?:;| =)|namespace (\w+) =)")
# A line at the left edge that declares nothing.
NOTHING = re.compile(r"\s|//|#|\}|\)|using |namespace |template|public:|private:|TEST|$")


def declared(line):
    """The name that a line at the left edge declares, or None. A type that is only announced may be so twice."""
    if NOTHING.match(line):
        return None
    match = TYPE.match(line)
    if match:
        return None if line.endswith(";") and "{" not in line else match.group(1)
    match = OTHER.search(line)
    return match.group(1) if match else None


def own_names(path):
    """Names that a file, laid out by clang-format, has for itself, each with what it stands for: in its unnamed namespaces itself, and
    what it takes from other namespaces, which may be said twice."""
    names, inside = {}, False
    for line in path.read_text(errors="replace").split("\n"):
        if line == "namespace {":
            inside = True
        elif line.startswith("}  // namespace"):
            inside = False
        elif match := USING.match(line):
            names[match.group(1) or match.group(2)] = line
        elif inside and declared(line):
            names[declared(line)] = str(path)
    return names


def header_names(folders):
    """Names in the headers of these folders and of their parts."""
    names = set()
    for folder in folders:
        for header in folder.rglob("*.h"):
            for line in header.read_text(errors="replace").split("\n"):
                alias = USING.match(line)
                names.add(alias.group(1) if alias else declared(line))
    return names - {None}


def alone(paths):
    """The files to leave out, those that meet most others first."""
    shared = header_names({path.parent for path in paths})
    meanings = collections.defaultdict(dict)  # of a name, by the file
    left_out = []
    for path in paths:
        names = own_names(path)
        if names.keys() & shared:
            left_out.append(path)
            continue
        for name, meaning in names.items():
            meanings[name][path] = meaning
    while True:
        met = collections.Counter(path for files in meanings.values() if len(set(files.values())) > 1 for path in files)
        if not met:
            return left_out
        worst = min(met, key=lambda path: (-met[path], path))
        left_out.append(worst)
        for files in meanings.values():
            files.pop(worst, None)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in alone([pathlib.Path(name) for name in sys.argv[1:]]):
        print(path)


if __name__ == "__main__":
    main()

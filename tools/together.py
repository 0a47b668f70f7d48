#!/usr/bin/env python3
"""Says which of a target's source files are compiled as one.

usage: together.py MOST FILE.cpp...

Names in an unnamed namespace are a file's own, until several files are one for the compiler. A line "GROUP FILE" is printed for each file
that goes with others: at most MOST to a group, no two with such a name in common, and no type of one's own that another one names and
has from elsewhere. Files with a name that a header beside them has as well are not printed; they stay alone.
"""
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


def go_together(names, words, meanings, all_words):
    """Whether a file with these names and words can be one with files of those meanings and words."""
    if any(meanings.get(name, meaning) != meaning for name, meaning in names.items()):
        return False
    taken = [name for name in meanings if name in words and name not in names]
    taken += [name for name in names if name in all_words and name not in meanings]
    return not any(name[0].isupper() for name in taken)


def groups(paths, most):
    """Lists of files, each put into the first where there is room and it goes with the others."""
    shared = header_names({path.parent for path in paths})
    found = []  # (files, what their names mean, the words in them)
    for path in paths:
        names = own_names(path)
        if names.keys() & shared:
            continue
        words = set(re.findall(r"\w+", path.read_text(errors="replace")))
        for files, meanings, all_words in found:
            if len(files) < most and go_together(names, words, meanings, all_words):
                break
        else:
            files, meanings, all_words = [], {}, set()
            found.append((files, meanings, all_words))
        files.append(path)
        meanings.update(names)
        all_words.update(words)
    return [files for files, _, _ in found]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for number, files in enumerate(groups([pathlib.Path(name) for name in sys.argv[2:]], int(sys.argv[1]))):
        for path in files:
            print(number, path)


if __name__ == "__main__":
    main()

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::sandbox {

// One way out of the sandbox that somebody might try.
struct EscapeRow {
    std::string id;
    std::string kind;     // "fs-write", "net", ...: rows of one kind test one promise
    std::string runner;   // how it is tried; what there is: the head of the catalogue
    std::string control;  // who gets out by it without a sandbox, or why that is not tried
    bool quick = false;   // harmless and fast: `hearth doctor` tries it on the user's machine
    std::string attempt;  // a script for sh with placeholders (escape_ground.h), or words for other runners
};

// Reads a catalogue: lines of six fields with tabs between, '#' begins a comment. In an attempt `{NL}` stands for a
// line end. Pure. Errors: kCorrupt with the line for one that has not six fields, an empty id or a doubled one.
[[nodiscard]] Result<std::vector<EscapeRow>> parse_escapes(std::string_view text);

// The whole catalogue (tests/data/sandbox/escapes.tsv) as it was when hearth was built.
[[nodiscard]] std::string_view built_in_escapes();

// What the sandbox promises about a kind, for a person: "files outside cannot be changed". Empty for an unknown kind.
[[nodiscard]] std::string_view promise_of(std::string_view kind);

}  // namespace hearth::sandbox

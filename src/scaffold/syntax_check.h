#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::scaffold {

// As what a file is checked.
enum class SourceKind : std::uint8_t {
    kOther,  // not at all
    kPython,
    kScript,          // JavaScript
    kModule,          // likewise, with import and export
    kScriptOrModule,  // one of both, as package.json or a bundler has it
    kShell,
    kBash,
    kRuby,
    kPhp,
    kGo,
    kRust,
    kC,
    kCpp,
    kJson,
    kJsonByHand,  // with comments
    kToml,
};

// What is wrong first.
struct SyntaxFault {
    std::size_t line = 1;
    std::string message;  // UTF-8 without control characters, at most 130 bytes

    bool operator==(const SyntaxFault&) const = default;
};

// By the name, else by a first line such as "#!/bin/sh"; the text also tells which shell it is, and JSON with comments. Perl is checked by
// nobody: `perl -c` runs what stands in BEGIN blocks. Pure.
[[nodiscard]] SourceKind source_kind(std::string_view path, std::string_view text);

// Whether hearth reads the kind itself; the others need a command.
[[nodiscard]] bool is_read_here(SourceKind kind);

// What is wrong in a text of such a kind. Pure.
[[nodiscard]] std::optional<SyntaxFault> fault_read_here(SourceKind kind, std::string_view text);

// Whether a fault says that the file is broken where nobody knows a version that was right. What a compiler says of C and C++ depends on
// headers and flags that only the build knows.
[[nodiscard]] bool is_sure(SourceKind kind);

// The name that the file has where it is checked, which is a folder with nothing else in it.
[[nodiscard]] std::string_view checked_name(SourceKind kind);

// The command that checks it there, which runs nothing of the file. Exit status 0: it is right; 127: there is no such program. The
// compiler finds headers by the variables PROJECT and FOLDER. Pure.
[[nodiscard]] std::string check_command(SourceKind kind, std::string_view text);

// What a command that failed has printed; nothing where it says of no fault in the syntax of this file. Takes any bytes. Pure.
[[nodiscard]] std::optional<SyntaxFault> fault_in_output(SourceKind kind, std::string_view output);

// "line 3: '(' was never closed" and the line between its neighbours, in some 350 bytes; a short text without them.
[[nodiscard]] std::string fault_words(const SyntaxFault& fault);
[[nodiscard]] std::string cited_fault_words(const SyntaxFault& fault, std::string_view text);

}  // namespace hearth::scaffold

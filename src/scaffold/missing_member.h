#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hearth::scaffold {

// Something that code asks a class or a module for and that it does not have.
struct MissingMember {
    std::string owner;  // "Ledger": a class or a Python module, without namespaces or packages
    std::string name;   // "transfer"

    bool operator==(const MissingMember&) const = default;
};

// The missing members that a failure tells, in its order, each once. Reads the messages of Python, GCC, Clang, TypeScript, Rust,
// Go and Java. Pure; takes any text.
[[nodiscard]] std::vector<MissingMember> missing_members(std::string_view failure);

}  // namespace hearth::scaffold

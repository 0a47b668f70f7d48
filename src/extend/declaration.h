#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::extend {

// The version of the protocol, which both sides say first.
inline constexpr int kProtocol = 1;

struct ToolDeclaration {
    std::string name;
    std::string description;
    std::string parameters;  // JSON Schema of an object, as JSON
};

struct CommandDeclaration {
    std::string name;  // said as /name
    std::string description;
};

// An option that a person gives with --extension-flag.
struct FlagDeclaration {
    std::string name;
    std::string description;
    bool takes_text = false;  // else it is on or off
};

// What an extension says it has.
struct Declaration {
    std::string name;  // empty: it is called as its file
    std::vector<ToolDeclaration> tools;
    std::vector<CommandDeclaration> commands;
    std::vector<FlagDeclaration> flags;
    std::vector<std::string> events;  // that it is told of
    bool session = false;             // it gets the entries of the session, too
};

// The answer to "initialize". Errors: kUnsupported for another version of the protocol; kInvalidInput with what is wrong.
// Pure.
[[nodiscard]] Result<Declaration> parse_declaration(std::string_view json);

// What an extension registers later: the same without a version. Errors: kInvalidInput.
[[nodiscard]] Result<Declaration> parse_registration(std::string_view json);

// Adds what was registered later; what has the same name is replaced. Errors: kInvalidInput over a limit.
[[nodiscard]] Status add_registration(Declaration& declaration, Declaration later);

}  // namespace hearth::extend

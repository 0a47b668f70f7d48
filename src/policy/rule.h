#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::policy {

// What a rule says of the calls that it fits, the mildest first: where several fit, the strictest counts.
enum class Effect : std::uint8_t { kPermit, kAsk, kForbid };

[[nodiscard]] std::string_view effect_name(Effect effect);

// The action of a command's request to a network; all others are names of tools.
inline constexpr std::string_view kConnect = "connect";

// What a condition can look at. Which action has which is in detail/attributes.h.
enum class Attribute : std::uint8_t {
    kTool,
    kMode,
    kArguments,
    kCommand,
    kPrograms,
    kRedirects,
    kPath,
    kNew,
    kBytes,
    kHost,
    kPort,
    kMethod,
};

enum class Type : std::uint8_t { kTruth, kNumber, kText, kTexts };

// A part of a condition. Its operands stand before it in the list that holds both.
struct Node {
    enum class Kind : std::uint8_t {
        kLiteral,
        kAttribute,
        kNot,
        kAnd,
        kOr,
        kEqual,
        kUnequal,
        kLess,
        kLessOrEqual,
        kMore,
        kMoreOrEqual,
        kLike,
        kContains,
        kContainsAll,
        kContainsAny,
        kIsEmpty,
    };
    Kind kind = Kind::kLiteral;
    Type type = Type::kTruth;  // of what it gives
    Attribute attribute = Attribute::kTool;
    std::string text;                // kLiteral of kText; kLike: the pattern
    std::int64_t number = 0;         // kLiteral of kNumber, and of kTruth: 0 or 1
    std::vector<std::string> texts;  // kLiteral of kTexts
    std::size_t left = 0;
    std::size_t right = 0;
};

// `when` or `unless`. Valid by construction: parse_policy() makes it, with operands of the right types.
struct Condition {
    bool unless = false;
    std::vector<Node> nodes;  // the last one is the whole
};

// Which file a rule is about.
struct Resource {
    enum class Kind : std::uint8_t { kAny, kFile, kFolder };
    Kind kind = Kind::kAny;
    std::string path;  // below the workspace, normal; "." is the workspace itself
};

struct Rule {
    Effect effect = Effect::kForbid;
    std::string id;      // @id; may be empty
    std::string reason;  // @reason, for the model and the person; may be empty
    std::size_t line = 1;
    std::size_t column = 1;
    std::vector<std::string> actions;  // none: every action
    Resource resource;
    std::vector<Condition> conditions;
};

// What it is called by: its id, else "line 12".
[[nodiscard]] std::string name_of(const Rule& rule);

// Who made a policy: what a project brings can only tighten.
enum class Origin : std::uint8_t { kUser, kProject };

struct Policy {
    Origin origin = Origin::kUser;
    std::string file;    // as it was named
    std::string sha256;  // of its text
    std::vector<Rule> rules;
};

}  // namespace hearth::policy

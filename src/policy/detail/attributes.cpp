#include "policy/detail/attributes.h"

#include <algorithm>
#include <array>

namespace hearth::policy::detail {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {"read", "write", "edit"};
constexpr std::array<std::string_view, 2> kChanges = {"write", "edit"};
constexpr std::array<std::string_view, 1> kCommands = {"bash"};
constexpr std::array<std::string_view, 1> kRequests = {kConnect};
constexpr std::array<std::string_view, 12> kOwn = {"bash",         "read",         "write",  "edit",
                                                   "search",       "grep",         "find",   "ls",
                                                   "evidence_add", "evidence_get", "shells", kConnect};

constexpr std::array kRows = {
    AttributeRow{"context.tool", Attribute::kTool, Type::kText, {}},
    AttributeRow{"context.mode", Attribute::kMode, Type::kText, {}},
    AttributeRow{"context.arguments", Attribute::kArguments, Type::kText, {}},
    AttributeRow{"context.command", Attribute::kCommand, Type::kText, kCommands},
    AttributeRow{"context.programs", Attribute::kPrograms, Type::kTexts, kCommands},
    AttributeRow{"context.redirects", Attribute::kRedirects, Type::kTruth, kCommands},
    AttributeRow{"resource.path", Attribute::kPath, Type::kText, kFiles},
    AttributeRow{"resource.new", Attribute::kNew, Type::kTruth, kChanges},
    AttributeRow{"resource.bytes", Attribute::kBytes, Type::kNumber, kChanges},
    AttributeRow{"resource.host", Attribute::kHost, Type::kText, kRequests},
    AttributeRow{"resource.port", Attribute::kPort, Type::kNumber, kRequests},
    AttributeRow{"context.method", Attribute::kMethod, Type::kText, kRequests},
};

}  // namespace

std::span<const AttributeRow> attributes() { return kRows; }

const AttributeRow& row_of(Attribute attribute) {
    return *std::find_if(kRows.begin(), kRows.end(),
                         [&](const AttributeRow& row) { return row.attribute == attribute; });
}

std::span<const std::string_view> file_actions() { return kFiles; }

std::span<const std::string_view> own_actions() { return kOwn; }

std::string_view type_name(Type type) {
    switch (type) {
        case Type::kTruth: return "true or false";
        case Type::kNumber: return "a whole number";
        case Type::kText: return "a text";
        case Type::kTexts: break;
    }
    return "a list of texts";
}

}  // namespace hearth::policy::detail

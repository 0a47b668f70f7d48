#include "share/named_secrets.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace hearth::share {
namespace {

constexpr std::array<std::string_view, 10> kParts = {
    "token", "key", "secret", "password", "passwd", "credential", "auth", "passphrase", "pwd_", "private"};
// Names that look so and hold none.
constexpr std::array<std::string_view, 4> kHarmless = {"SSH_AUTH_SOCK", "XAUTHORITY", "GPG_KEY", "KEYBOARD"};

bool names_a_secret(std::string_view name) {
    if (std::find(kHarmless.begin(), kHarmless.end(), name) != kHarmless.end()) return false;
    const auto lower = to_lower_ascii(name);
    return std::any_of(kParts.begin(), kParts.end(),
                       [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

std::string value_of(std::string_view text) {
    if (text.size() > 1 && (text.front() == '"' || text.front() == '\'')) {
        const auto end = text.find(text.front(), 1);
        if (end != std::string_view::npos) return std::string(text.substr(1, end - 1));
    }
    const auto comment = text.find(" #");
    return std::string(trim(text.substr(0, comment)));
}

}  // namespace

Variables parse_variables(std::string_view text) {
    constexpr std::string_view kExport = "export ";
    Variables out;
    for (const auto each : split_lines(text)) {
        auto line = trim(each);
        if (line.starts_with(kExport)) line = trim(line.substr(kExport.size()));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || !is_variable_name(line.substr(0, equals))) continue;
        auto value = value_of(trim(line.substr(equals + 1)));
        if (!value.empty()) out.emplace_back(line.substr(0, equals), std::move(value));
    }
    return out;
}

std::size_t add_secrets(const Variables& variables, bool all, KnownSecrets& into) {
    std::size_t added = 0;
    for (const auto& [name, value] : variables) {
        if ((all || names_a_secret(name)) && into.add(name, value)) ++added;
    }
    return added;
}

}  // namespace hearth::share

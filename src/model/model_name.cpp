#include "model/model_name.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

#include "core/text.h"

namespace hearth::model {
namespace {

constexpr std::size_t kMaxPart = 64;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_part(std::string_view part) {
    return !part.empty() && part.size() <= kMaxPart && is_word(part.front()) &&
           std::all_of(part.begin(), part.end(),
                       [](char c) { return is_word(c) || c == '.' || c == '_' || c == '-'; });
}

// "registry.example" or "registry.example:5000".
bool is_host(std::string_view host) {
    const auto colon = host.find(':');
    if (colon == std::string_view::npos) return is_part(host);
    const auto port = parse_number(host.substr(colon + 1));
    return is_part(host.substr(0, colon)) && port && *port > 0 && *port <= 65'535;
}

bool is_base(std::string_view base) {
    const auto parts = split(base, '/');
    if (parts.size() > 3) return false;
    const bool with_host = parts.size() == 3;
    return (!with_host || is_host(parts.front())) &&
           std::all_of(parts.begin() + (with_host ? 1 : 0), parts.end(), is_part);
}

// Edits between two short texts, a swap of neighbours counting as one (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

Result<ModelName> parse_model_name(std::string_view text) {
    const auto lower = to_lower_ascii(trim(text));
    const auto slash = lower.rfind('/');
    const auto colon = lower.find(':', slash == std::string::npos ? 0 : slash);
    ModelName name{.base = lower.substr(0, colon), .tag = {}};
    if (colon != std::string::npos) name.tag = lower.substr(colon + 1);
    if (!is_base(name.base) || (colon != std::string::npos && !is_part(name.tag))) {
        return Error(
            Code::kInvalidInput,
            fmt::format("'{}' is no model name: letters, digits, '.', '_' and '-', then perhaps ':' and a "
                        "tag, as in qwen2.5-coder:1.5b",
                        printable(text.substr(0, 200))));
    }
    return name;
}

std::string model_name_of_file(std::string_view file_name) {
    auto lower = to_lower_ascii(file_name.substr(0, file_name.find_first_of("?#")));
    if (const auto slash = lower.rfind('/'); slash != std::string::npos) lower.erase(0, slash + 1);
    if (lower.ends_with(".gguf")) lower.resize(lower.size() - 5);
    std::string name;
    for (const char c : lower) {
        if (is_word(c) || (!name.empty() && (c == '.' || c == '_' || c == '-')))
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    name.resize(std::min(name.size(), kMaxPart));
    while (!name.empty() && !is_word(name.back()))
        name.pop_back();
    return name;
}

std::vector<std::string> nearest_names(std::string_view wanted, std::span<const std::string> known,
                                       std::size_t most) {
    const auto lower = to_lower_ascii(wanted.substr(0, 2 * kMaxPart));
    std::vector<std::tuple<std::size_t, std::string>> found;
    for (const auto& name : known) {
        // A name without its tag is compared with names without theirs.
        const auto base = name.substr(0, name.find(':'));
        const auto distance = std::min(edit_distance(lower, name), edit_distance(lower, base));
        const bool contained = lower.size() >= 3 && name.contains(lower);
        if (distance <= std::max<std::size_t>(1, lower.size() / 3))
            found.emplace_back(distance, name);
        else if (contained)
            found.emplace_back(lower.size(), name);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < found.size() && i < most; ++i)
        names.push_back(std::get<1>(found[i]));
    return names;
}

std::string did_you_mean(std::string_view wanted, std::span<const std::string> known) {
    const auto names = nearest_names(wanted, known);
    if (names.empty()) return {};
    std::string text = " Did you mean ";
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
        text += names[i];
    }
    return text + "?";
}

}  // namespace hearth::model

#include "scaffold/missing_member.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

// A message by the words that mark it, and which of the names quoted in it is which.
struct Message {
    std::string_view mark;
    std::size_t owner;
    std::size_t name;
};

constexpr std::array<Message, 6> kMessages = {
    Message{"has no attribute", 0, 1},     // Python: 'Ledger' object has no attribute 'transfer'
    Message{"cannot import name", 1, 0},   // Python: cannot import name 'transfer' from 'ledger'
    Message{"has no member named", 0, 1},  // GCC: 'class Ledger' has no member named 'transfer'
    Message{"no member named", 1, 0},      // Clang: no member named 'transfer' in 'Ledger'
    Message{"does not exist on type", 1,
            0},                        // TypeScript: Property 'transfer' does not exist on type 'Ledger'
    Message{"no method named", 1, 0},  // Rust: no method named `transfer` found for struct `Ledger`
};

// GCC quotes so in a UTF-8 locale.
constexpr std::string_view kOpening = "\xE2\x80\x98";
constexpr std::string_view kClosing = "\xE2\x80\x99";

std::vector<std::string> quoted(std::string_view text) {
    const auto line = replace_all(replace_all(replace_all(text, kOpening, "'"), kClosing, "'"), "`", "'");
    std::vector<std::string> names;
    for (std::size_t at = line.find('\''); at != std::string::npos; at = line.find('\'', at + 1)) {
        const auto end = line.find('\'', at + 1);
        if (end == std::string::npos) break;
        names.push_back(line.substr(at + 1, end - at - 1));
        at = end;
    }
    return names;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

// The bare name of a type or module as a message writes it: "Ledger" of "const class bank::Ledger<int>", "*bank.Ledger".
std::string bare(std::string_view written) {
    written = written.substr(0, written.find_first_of("<("));
    while (!written.empty() && !is_word(written.back()))
        written.remove_suffix(1);
    std::size_t at = written.size();
    while (at > 0 && is_word(written[at - 1]))
        --at;
    return std::string(written.substr(at));
}

// Go: ledger.Transfer undefined (type *Ledger has no field or method Transfer)
std::optional<MissingMember> of_go(std::string_view line) {
    constexpr std::string_view kType = "(type ";
    constexpr std::string_view kMark = " has no field or method ";
    const auto type = line.find(kType);
    const auto mark = line.find(kMark);
    if (type == std::string_view::npos || mark == std::string_view::npos || mark < type) return {};
    const auto name = line.substr(mark + kMark.size());
    return MissingMember{bare(line.substr(type + kType.size(), mark - type - kType.size())),
                         bare(name.substr(0, name.find_first_of(",)")))};
}

std::optional<MissingMember> of_line(std::string_view line) {
    if (auto member = of_go(line)) return member;
    for (const auto& message : kMessages) {
        if (line.find(message.mark) == std::string_view::npos) continue;
        const auto names = quoted(line);
        if (names.size() <= std::max(message.owner, message.name)) return {};
        return MissingMember{bare(names[message.owner]), bare(names[message.name])};
    }
    return {};
}

}  // namespace

std::vector<MissingMember> missing_members(std::string_view failure) {
    std::vector<MissingMember> members;
    const auto add = [&](MissingMember member) {
        if (member.owner.empty() || member.name.empty()) return;
        if (std::ranges::find(members, member) == members.end()) members.push_back(std::move(member));
    };
    std::string
        symbol;  // Java: "symbol:   method transfer(String)", then "location: variable ledger of type Ledger"
    for (const auto raw : split_lines(failure)) {
        const auto line = trim(raw);
        if (line.starts_with("symbol:")) {
            symbol = bare(line.substr(7));
        } else if (line.starts_with("location:") && !symbol.empty()) {
            add({bare(line.substr(9)), std::move(symbol)});
            symbol.clear();
        } else if (auto member = of_line(line)) {
            add(std::move(*member));
        }
    }
    return members;
}

}  // namespace hearth::scaffold

#include "core/redaction.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace hearth {
namespace {

constexpr std::string_view kMark = "[removed]";
constexpr std::size_t kLeastToken = 16;       // characters behind a prefix that make a secret of it
constexpr std::size_t kClientKeyDigits = 64;  // guard/key.h

// Beginnings of access tokens.
constexpr std::array<std::string_view, 14> kPrefixes = {"sk-",    "ghp_", "gho_",  "ghs_", "github_pat_",
                                                        "glpat-", "hf_",  "AKIA",  "ASIA", "xoxb-",
                                                        "xoxp-",  "AIza", "pypi-", "npm_"};
// Names whose value is a secret.
constexpr std::array<std::string_view, 8> kNames = {"password", "passwd",  "secret", "token",
                                                    "api_key",  "api-key", "apikey", "access_key"};

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '+' || c == '/' || c == '=';
}

std::size_t word_length(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_word) - text.begin());
}

// A value that could be a secret and is no ordinary word or expression.
bool looks_random(std::string_view word) {
    if (word.size() < kLeastToken) return false;
    const bool digit = std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
    const bool letter =
        std::ranges::any_of(word, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    return digit && letter;
}

class Redactor {
public:
    Redactor(std::string_view text, std::string_view home) : text_(text), home_(home) {}

    Redacted run() {
        while (at_ < text_.size()) {
            if (home_folder() || private_key() || token() || named_value()) continue;
            result_.text.push_back(text_[at_++]);
        }
        return std::move(result_);
    }

private:
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

    [[nodiscard]] bool at_word_start() const {
        return at_ == 0 || !is_word(text_[at_ - 1]) || text_[at_ - 1] == '=' || text_[at_ - 1] == '/';
    }

    bool replace(std::size_t length, std::string_view with) {
        result_.text += with;
        ++result_.removed;
        at_ += length;
        return true;
    }

    bool home_folder() {
        if (home_.size() > 1 && rest().starts_with(home_)) {
            const auto after = rest().substr(home_.size());
            if (after.empty() || after.front() == '/' || !is_word(after.front()))
                return replace(home_.size(), "~");
        }
        for (const std::string_view parent : {"/home/", "/Users/"}) {
            if (!rest().starts_with(parent)) continue;
            const auto name = rest().substr(parent.size());
            const auto length = static_cast<std::size_t>(
                std::ranges::find_if(name, [](char c) { return !is_word(c) || c == '/'; }) - name.begin());
            if (length > 0) return replace(parent.size() + length, "~");
        }
        return false;
    }

    bool private_key() {
        constexpr std::string_view kBegin = "-----BEGIN ";
        constexpr std::string_view kEnd = "PRIVATE KEY-----";
        if (!rest().starts_with(kBegin)) return false;
        const auto title = rest().substr(0, rest().find('\n'));
        if (title.find(kEnd) == std::string_view::npos) return false;
        const auto end = rest().find(kEnd, title.size());
        return replace(end == std::string_view::npos ? rest().size() : end + kEnd.size(), kMark);
    }

    // A key of hearth's own clients: a name of ours may begin so as well.
    bool client_key() {
        constexpr std::string_view kPrefix = "hearth_";
        if (!rest().starts_with(kPrefix)) return false;
        const auto digits = rest().substr(kPrefix.size(), kClientKeyDigits);
        const bool is_key = digits.size() == kClientKeyDigits && std::ranges::all_of(digits, [](char c) {
                                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                            });
        return is_key && replace(kPrefix.size() + kClientKeyDigits, kMark);
    }

    bool token() {
        if (client_key()) return true;
        if (!at_word_start()) return false;
        for (const auto prefix : kPrefixes) {
            if (!rest().starts_with(prefix)) continue;
            const auto length = word_length(rest());
            if (length >= prefix.size() + kLeastToken) return replace(length, kMark);
        }
        return false;
    }

    // name=value, "name": "value", Bearer value: the value goes.
    bool named_value() {
        if (!at_word_start() && !(at_ > 0 && text_[at_ - 1] == '_')) return false;
        const auto shown = std::min<std::size_t>(rest().size(), 16);
        const auto lower = to_lower_ascii(rest().substr(0, shown));
        std::size_t name = lower.starts_with("bearer ") ? 7 : 0;
        for (const auto known : kNames) {
            if (name == 0 && lower.starts_with(known)) name = known.size();
        }
        if (name == 0) return false;
        std::size_t value = name;
        constexpr std::string_view kBetween = " \t:=\"'";
        while (value < rest().size() && kBetween.find(rest()[value]) != std::string_view::npos)
            ++value;
        const auto length = word_length(rest().substr(value));
        if (value == name && name != 7) return false;
        if (!looks_random(rest().substr(value, length))) return false;
        result_.text += rest().substr(0, value);
        at_ += value;
        return replace(length, kMark);
    }

    std::string_view text_;
    std::string_view home_;
    std::size_t at_ = 0;
    Redacted result_;
};

}  // namespace

Redacted redact(std::string_view text, std::string_view home, const KnownSecrets& known) {
    const Redacted first = known.without(text);
    Redacted result = Redactor(first.text, home).run();
    result.removed += first.removed;
    return result;
}

}  // namespace hearth

#include "core/known_secrets.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <span>
#include <utility>

#include "core/base64.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr std::size_t kMostBreaks = 2;  // line ends between two bytes of one form, as "\r\n" is

std::size_t byte_of(char c) { return static_cast<unsigned char>(c); }

std::string upper_hex(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

// The digits of base64 that stand for nothing but the value, when `offset` bytes (0 to 2) of something else are encoded before it.
std::string base64_core(std::string_view value, std::size_t offset) {
    std::string bytes(offset, '\0');
    bytes += value;
    std::string digits = encode_base64(bytes);
    const std::size_t begin = (offset * 8 + 5) / 6;
    const std::size_t end = bytes.size() * 8 / 6;
    std::string core = digits.substr(begin, end - begin);
    wipe(bytes);
    wipe(digits);
    return core;
}

std::string every_byte_encoded(std::string_view value, HexCase hex) {
    std::string out;
    for (const char c : hex == HexCase::kUpper ? upper_hex(to_hex(value)) : to_hex(value)) {
        if (out.size() % 3 == 0) out += '%';
        out += c;
    }
    return out;
}

struct Escape {
    char of = 0;
    std::string_view as;
};

std::string escaped(std::string_view value, std::span<const Escape> escapes) {
    std::string out;
    for (const char c : value) {
        const auto found = std::ranges::find(escapes, c, &Escape::of);
        if (found == escapes.end())
            out += c;
        else
            out += found->as;
    }
    return out;
}

constexpr std::array kJson = {Escape{.of = '"', .as = R"(\")"}, Escape{.of = '\\', .as = R"(\\)"}};
// As PHP writes it, as Go does, and as some libraries of Java do.
constexpr std::array kJsonSlash = {kJson[0], kJson[1], Escape{.of = '/', .as = R"(\/)"}};
constexpr std::array kJsonHtml = {kJson[0], kJson[1], Escape{.of = '<', .as = R"(\u003c)"},
                                  Escape{.of = '>', .as = R"(\u003e)"}, Escape{.of = '&', .as = R"(\u0026)"}};
constexpr std::array kJsonMore = {kJson[0],
                                  kJson[1],
                                  kJsonHtml[2],
                                  kJsonHtml[3],
                                  kJsonHtml[4],
                                  Escape{.of = '=', .as = R"(\u003d)"},
                                  Escape{.of = '\'', .as = R"(\u0027)"}};
constexpr std::array kHtml = {Escape{.of = '&', .as = "&amp;"}, Escape{.of = '<', .as = "&lt;"},
                              Escape{.of = '>', .as = "&gt;"}, Escape{.of = '"', .as = "&quot;"},
                              Escape{.of = '\'', .as = "&#39;"}};
constexpr std::array kHtmlHex = {kHtml[0], kHtml[1], kHtml[2], Escape{.of = '"', .as = "&#34;"},
                                 Escape{.of = '\'', .as = "&#x27;"}};

// How a form fits a text.
struct Fit {
    bool whole = false;
    bool cut = false;        // it does as far as the text goes
    std::size_t length = 0;  // in the text
};

std::size_t line_end(std::string_view text, bool json) {
    if (text.starts_with('\n') || text.starts_with('\r')) return 1;
    return json && (text.starts_with("\\n") || text.starts_with("\\r")) ? 2 : 0;
}

Fit fit(std::string_view text, std::string_view form, bool json) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < form.size(); ++i) {
        std::size_t breaks = 0;
        while (i > 0 && breaks < kMostBreaks && at < text.size() && text[at] != form[i]) {
            const std::size_t length = line_end(text.substr(at), json);
            if (length == 0) break;
            at += length;
            ++breaks;
        }
        if (at == text.size()) {
            // Events end with line ends; a few bytes before one are no reason to keep it.
            const bool likely = breaks == 0 || i >= KnownSecrets::kLeast;
            return {.whole = false, .cut = likely, .length = at};
        }
        if (text[at] != form[i]) return {};
        ++at;
    }
    return {.whole = true, .cut = false, .length = at};
}

bool is_escaped(std::string_view text, std::size_t at) {
    std::size_t backslashes = 0;
    while (backslashes < at && text[at - backslashes - 1] == '\\')
        ++backslashes;
    return backslashes % 2 == 1;
}

}  // namespace

void wipe(std::string& text) {
    text.resize(text.capacity());
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

KnownSecrets::~KnownSecrets() {
    for (Form& form : forms_)
        wipe(form.bytes);
}

bool KnownSecrets::add(std::string_view name, std::string_view value, std::string_view instead) {
    if (value.size() < kLeast) return false;
    secrets_.push_back(
        {.name = std::string(name),
         .instead = instead.empty() ? fmt::format("[secret {}]", name) : std::string(instead)});
    add_form(std::string(value));
    for (std::size_t offset = 0; offset < 3; ++offset) {
        std::string core = base64_core(value, offset);
        add_form(url_safe_base64(core));
        add_form(std::move(core));
    }
    std::string whole = encode_base64(value);
    add_form(url_safe_base64(whole));
    add_form(std::move(whole));
    add_form(to_hex(value));
    add_form(upper_hex(to_hex(value)));
    // What programs leave as it is differs.
    for (const std::string_view kept : {"-._~", "-._~/", "-._~!'()*", "-._*"}) {
        add_form(percent_encoded(value, kept, HexCase::kUpper));
        add_form(percent_encoded(value, kept, HexCase::kLower));
    }
    add_form(every_byte_encoded(value, HexCase::kUpper));
    add_form(every_byte_encoded(value, HexCase::kLower));
    const std::string json = escaped(value, kJson);
    add_form(escaped(json, kJson), true);
    add_form(json, true);
    add_form(escaped(value, kJsonSlash), true);
    add_form(escaped(value, kJsonHtml), true);
    add_form(escaped(value, kJsonMore), true);
    add_form(escaped(value, kHtml));
    add_form(escaped(value, kHtmlHex));
    return true;
}

// Each form once.
void KnownSecrets::add_form(std::string bytes, bool is_json) {
    const bool whole_in_json = is_json || bytes.find_first_of("\"\\") == std::string::npos;
    const std::size_t secret = secrets_.size() - 1;
    auto& same_first = by_first_[byte_of(bytes.front())];
    for (const std::uint32_t number : same_first) {
        if (forms_[number].bytes != bytes) continue;
        forms_[number].whole_in_json |= whole_in_json;
        return wipe(bytes);
    }
    for (const char second : {bytes[1], '\n', '\r', '\\'})
        pairs_.set(byte_of(bytes[0]) << 8U | byte_of(second));
    same_first.push_back(static_cast<std::uint32_t>(forms_.size()));
    forms_.push_back({.bytes = std::move(bytes), .secret = secret, .whole_in_json = whole_in_json});
}

bool KnownSecrets::may_begin(std::string_view text, std::size_t at) const {
    if (at + 1 == text.size()) return !by_first_[byte_of(text[at])].empty();
    return pairs_.test(byte_of(text[at]) << 8U | byte_of(text[at + 1]));
}

KnownSecrets::Found KnownSecrets::longest_at(std::string_view text, std::size_t at, Kind kind) const {
    Found found;
    if (kind == Kind::kJson && is_escaped(text, at)) return found;
    for (const std::uint32_t number : by_first_[byte_of(text[at])]) {
        const Form& form = forms_[number];
        if (kind == Kind::kJson && !form.whole_in_json) continue;
        const Fit fits = fit(text.substr(at), form.bytes, kind == Kind::kJson);
        if (fits.cut && kind == Kind::kOpenEnd) return {.begin = at, .length = 0, .secret = form.secret};
        if (fits.whole && fits.length > found.length)
            found = {.begin = at, .length = fits.length, .secret = form.secret};
    }
    return found;
}

KnownSecrets::Found KnownSecrets::find_from(std::string_view text, std::size_t from, Kind kind) const {
    for (std::size_t at = from; at < text.size(); ++at) {
        if (!may_begin(text, at)) continue;
        if (const Found found = longest_at(text, at, kind); found.begin == at) return found;
    }
    return {};
}

std::size_t KnownSecrets::replace(std::string_view text, Kind kind, Redacted& into) const {
    std::size_t at = 0;
    while (true) {
        const Found found = find_from(text, at, kind);
        const std::size_t end = std::min(found.begin, text.size());
        into.text += text.substr(at, end - at);
        if (found.begin == std::string_view::npos || found.length == 0) return end;
        into.text += secrets_[found.secret].instead;
        ++into.removed;
        at = end + found.length;
    }
}

Redacted KnownSecrets::without(std::string_view text) const {
    Redacted result;
    replace(text, Kind::kText, result);
    return result;
}

Redacted KnownSecrets::without_in_json(std::string_view json) const {
    Redacted result;
    replace(json, Kind::kJson, result);
    return result;
}

std::string_view KnownSecrets::find(std::string_view text) const {
    const Found found = find_from(text, 0, Kind::kText);
    return found.begin == std::string_view::npos ? std::string_view() : secrets_[found.secret].name;
}

std::string KnownSecrets::Stream::take(std::string_view piece) {
    held_ += piece;
    Redacted result;
    const std::size_t done = known_.replace(held_, Kind::kOpenEnd, result);
    held_.erase(0, done);
    return std::move(result.text);
}

std::string KnownSecrets::Stream::finish() {
    Redacted result = known_.without(held_);
    wipe(held_);
    return std::move(result.text);
}

}  // namespace hearth

#include "chat/loose_json.h"

#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::string_view kBlank = " \t\r\n\f\v";

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '+' || c == '$';
}

class Reader {
public:
    Reader(std::string_view text, bool in_call) : text_(text), in_call_(in_call) {}

    std::optional<LooseJson> read() {
        if (!value(0)) return std::nullopt;
        LooseJson made{.text = to_valid_utf8(out_), .length = at_, .complete = complete_};
        if (!parse_json(made.text))
            return std::nullopt;  // half of a surrogate pair, a number beyond all limits
        return made;
    }

private:
    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }

    [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }

    void skip(std::string_view which) {
        while (!at_end() && which.contains(text_[at_]))
            ++at_;
    }

    bool value(int depth) {
        skip(kBlank);
        if (at_end() || depth > kMaxDepth) return false;
        switch (peek()) {
            case '{': return object(depth);
            case '[': return list(depth);
            case '"':
            case '\'':
            case '`': string(); return true;
            default: return word();
        }
    }

    // What was open when the input ended gets this in its place.
    bool cut(std::string_view rest) {
        complete_ = false;
        out_ += rest;
        return true;
    }

    bool object(int depth) {
        ++at_;
        out_ += '{';
        for (bool first = true;; first = false) {
            skip(", \t\r\n\f\v");
            if (at_end()) return cut("}");
            if (peek() == '}') {
                ++at_;
                out_ += '}';
                return true;
            }
            const std::size_t before = out_.size();
            if (!first) out_ += ',';
            if (!key()) return false;
            skip(kBlank);
            if (at_end()) {
                out_.resize(before);  // a key without its value says nothing
                return cut("}");
            }
            if (peek() != ':' && peek() != '=') return false;
            ++at_;
            out_ += ':';
            skip(kBlank);
            if (at_end()) {
                out_.resize(before);
                return cut("}");
            }
            if (!value(depth + 1)) return false;
        }
    }

    bool list(int depth) {
        ++at_;
        out_ += '[';
        for (bool first = true;; first = false) {
            skip(", \t\r\n\f\v");
            if (at_end()) return cut("]");
            if (peek() == ']') {
                ++at_;
                out_ += ']';
                return true;
            }
            if (!first) out_ += ',';
            if (!value(depth + 1)) return false;
        }
    }

    bool key() {
        const char c = peek();
        if (c == '"' || c == '\'' || c == '`') {
            string();
            return true;
        }
        const std::size_t begin = at_;
        while (!at_end() && is_word(text_[at_]))
            ++at_;
        if (at_ == begin) return false;
        out_ += json_quote(text_.substr(begin, at_ - begin));
        return true;
    }

    // A number, one of the words of JSON or Python, or a text that nobody quoted, up to what may follow a value.
    bool word() {
        const std::string_view ends = in_call_ ? ",}])\n" : ",}]\n";
        const std::size_t begin = at_;
        while (!at_end() && !ends.contains(text_[at_]))
            ++at_;
        const std::string_view word = trim(text_.substr(begin, at_ - begin));
        if (word.empty()) return false;
        for (const auto& [loose, strict] : std::array<std::pair<std::string_view, std::string_view>, 3>{
                 {{"True", "true"}, {"False", "false"}, {"None", "null"}}})
            if (word == loose) {
                out_ += strict;
                return true;
            }
        out_ += parse_json(word) ? std::string(word) : json_quote(word);
        return true;
    }

    // Where a quote may well end a string: before what can follow one.
    [[nodiscard]] bool ends_here(std::size_t after) const {
        const std::size_t next = text_.find_first_not_of(kBlank, after);
        return next == std::string_view::npos ||
               std::string_view(in_call_ ? ",:=}])" : ",:=}]").contains(text_[next]);
    }

    void string() {
        std::string quote(1, peek());
        if (text_.substr(at_).starts_with("\"\"\"") || text_.substr(at_).starts_with("'''"))
            quote.assign(3, peek());
        at_ += quote.size();
        out_ += '"';
        while (!at_end()) {
            const char c = text_[at_];
            if (c == '\\') {
                escape();
            } else if (text_.substr(at_).starts_with(quote) && (quote.size() == 3 || ends_here(at_ + 1))) {
                at_ += quote.size();
                out_ += '"';
                return;
            } else {
                put(c);
                ++at_;
            }
        }
        cut("\"");
    }

    void escape() {
        ++at_;
        if (at_end()) return;
        const char c = text_[at_++];
        if (std::string_view("\"\\/bfnrt").contains(c)) {
            out_ += '\\';
            out_ += c;
        } else if (c == 'u' && is_hex(4)) {
            out_ += "\\u";
        } else if (c == '\'' || c == '`') {
            out_ += c;
        } else {
            out_ += "\\\\";  // a backslash that was meant as one
            put(c);
        }
    }

    [[nodiscard]] bool is_hex(std::size_t digits) const {
        if (at_ + digits > text_.size()) return false;
        return text_.substr(at_, digits).find_first_not_of("0123456789abcdefABCDEF") ==
               std::string_view::npos;
    }

    void put(char c) {
        if (c == '"')
            out_ += "\\\"";
        else if (c == '\n')
            out_ += "\\n";
        else if (c == '\t')
            out_ += "\\t";
        else if (c == '\r')
            out_ += "\\r";
        else if (static_cast<unsigned char>(c) < 0x20)
            out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
            out_ += c;
    }

    std::string_view text_;
    bool in_call_;
    std::size_t at_ = 0;
    std::string out_;
    bool complete_ = true;
};

}  // namespace

std::optional<LooseJson> read_loose_json(std::string_view text) { return Reader(text, false).read(); }

std::optional<LooseJson> read_loose_argument(std::string_view text) { return Reader(text, true).read(); }

}  // namespace hearth::chat

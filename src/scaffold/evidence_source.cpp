#include "scaffold/evidence_source.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <utility>

#include <boost/json.hpp>

#include "agent/branch.h"
#include "chat/message.h"
#include "core/json.h"
#include "core/text.h"
#include "scaffold/evidence.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostWords = 2'000;  // bytes of an argument that a source may name
constexpr std::size_t kMostShownLine = 120;
constexpr std::size_t kMostShownLines = 3;
constexpr std::size_t kMostReason = 250;
constexpr std::size_t kMostNamed = 3;  // calls that a model is told it could have named

bool is_gap(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Where a byte of single_spaced(text) that is no blank stands in the text itself.
std::size_t place_in(std::string_view text, std::size_t spaced_place) {
    std::size_t at = 0;
    bool gap = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_gap(text[i])) {
            gap = at > 0;
            continue;
        }
        if (std::exchange(gap, false)) ++at;
        if (at == spaced_place) return i;
        ++at;
    }
    return text.size();
}

bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Words of a text in lower case, each handed on.
template <typename Take>
void each_word(std::string_view lower, Take take) {
    for (std::size_t begin = 0; begin < lower.size();) {
        auto end = begin;
        while (end < lower.size() && in_word(lower[end]))
            ++end;
        if (end > begin) take(lower.substr(begin, end - begin));
        begin = std::max(end, begin + 1);
    }
}

struct NearLine {
    std::size_t weight = 0;  // bytes of the snippet's words that it has
    std::size_t number = 0;
    std::string_view text;
};

// The weightiest lines, by their place.
class NearLines {
public:
    explicit NearLines(std::string_view snippet) {
        each_word(to_lower_ascii(snippet), [&](std::string_view word) {
            if (wanted_.emplace(word, 0).second) all_ += word.size();
        });
    }

    void take(std::size_t number, std::string_view text) {
        NearLine line{.number = number, .text = text};
        each_word(to_lower_ascii(text), [&](std::string_view word) {
            const auto found = wanted_.find(word);
            if (found == wanted_.end() || std::exchange(found->second, number) == number) return;
            line.weight += word.size();
        });
        if (line.weight == 0 || line.weight * 4 < all_) return;
        const auto behind = std::find_if(lines_.begin(), lines_.end(),
                                         [&](const NearLine& each) { return each.weight < line.weight; });
        lines_.insert(behind, line);
        if (lines_.size() > kMostShownLines) lines_.pop_back();
    }

    std::string text() && {
        std::sort(lines_.begin(), lines_.end(),
                  [](const NearLine& a, const NearLine& b) { return a.number < b.number; });
        std::string out;
        for (const auto& line : lines_)
            out += fmt::format("{}: {}\n", line.number, shortened(trim(line.text), kMostShownLine));
        return out;
    }

private:
    std::map<std::string, std::size_t, std::less<>> wanted_;  // the number of the last line that had it
    std::size_t all_ = 0;
    std::vector<NearLine> lines_;
};

ShownOutput output_of(const chat::ToolCall& call) {
    ShownOutput out{.tool = call.name, .call_id = call.id, .words = {}, .text = {}};
    const auto arguments = parse_json(call.arguments);
    if (!arguments || !arguments->is_object()) return out;
    for (const auto& [key, value] : arguments->get_object()) {
        const auto text = string_member(*arguments, key);
        if (text && !text->empty() && text->size() <= kMostWords) out.words.push_back(single_spaced(*text));
    }
    return out;
}

bool is_named(const ShownOutput& output, std::string_view source) {
    if (source == output.tool || source == output.call_id || source == output.name()) return true;
    return std::any_of(output.words.begin(), output.words.end(), [&](const std::string& word) {
        return source == word || source == output.tool + " " + word || source == output.tool + ": " + word;
    });
}

std::optional<Quote> quote_of(const ShownOutput& output, std::string_view snippet) {
    auto text = find_quote(output.text, snippet);
    if (!text) return std::nullopt;
    return Quote{output.name(), *std::move(text)};
}

Error not_in(std::string_view name, std::string_view text, std::string_view snippet) {
    const auto near = nearest_lines(text, snippet);
    return Error(
        Code::kNotFound,
        fmt::format("the snippet does not stand in {}, so it is not kept: copy it word for word.{}{}", name,
                    near.empty() ? "" : " The nearest lines there:\n", near));
}

Error not_named(std::string_view source, const Error& why, const std::vector<ShownOutput>& outputs) {
    std::vector<std::string> names;
    for (auto each = outputs.rbegin(); each != outputs.rend() && names.size() < kMostNamed; ++each) {
        auto name = "'" + each->name() + "'";
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    const auto reason = why.code() == Code::kNotFound
                            ? fmt::format("there is no file '{}'", shortened(source, kMostShownLine))
                            : shortened(why.message(), kMostReason);
    return Error(Code::kNotFound,
                 fmt::format("{}, and no call of that name has the snippet, so it is not kept. source is a "
                             "path, or a call whose output it is{}{}.",
                             reason, names.empty() ? "" : ", such as ", join(names, ", ")));
}

}  // namespace

std::string ShownOutput::name() const {
    return words.empty() ? tool : shortened(tool + ": " + words.front(), kMostSourceName);
}

std::vector<ShownOutput> shown_outputs(const std::vector<agent::Entry>& entries, std::string_view leaf) {
    std::map<std::string_view, const chat::ToolCall*> calls;  // an id may come again: the last one counts
    std::vector<ShownOutput> out;
    for (const auto* entry : agent::branch_path(entries, leaf)) {
        if (!entry->message) continue;
        const auto& message = *entry->message;
        for (const auto& call : message.tool_calls)
            calls[call.id] = &call;
        if (message.role != chat::Role::kTool) continue;
        const auto call = calls.find(message.tool_call_id);
        if (call == calls.end() || call->second->name == kEvidenceAdd || call->second->name == kEvidenceGet)
            continue;
        out.push_back(output_of(*call->second));
        out.back().text = message.text;
    }
    return out;
}

std::optional<std::string> find_quote(std::string_view text, std::string_view snippet) {
    auto wanted = single_spaced(snippet);
    if (wanted.empty()) return std::nullopt;
    if (text.find(snippet) != std::string_view::npos) return std::string(snippet);
    const auto at = single_spaced(text).find(wanted);
    if (at == std::string::npos) return std::nullopt;
    const auto begin = place_in(text, at);
    const auto end = place_in(text, at + wanted.size() - 1) + 1;
    if (end - begin > kMostSnippet) return wanted;
    return std::string(text.substr(begin, end - begin));
}

std::string nearest_lines(std::string_view text, std::string_view snippet) {
    NearLines lines(snippet);
    std::size_t number = 0;
    for (const auto line : split_lines(text))
        lines.take(++number, line);
    return std::move(lines).text();
}

Result<Quote> find_source(std::string_view source, std::string_view snippet, const SourceFile& file,
                          const std::vector<ShownOutput>& outputs) {
    if (file.text) {
        if (auto quote = find_quote(*file.text, snippet)) return Quote{file.name, *std::move(quote)};
    }
    const auto wanted = single_spaced(source);
    const ShownOutput* named = nullptr;
    for (auto each = outputs.rbegin(); each != outputs.rend(); ++each) {
        if (!is_named(*each, wanted)) continue;
        if (auto quote = quote_of(*each, snippet)) return *std::move(quote);
        if (named == nullptr) named = &*each;
    }
    if (file.text) return not_in(file.name, *file.text, snippet);
    if (named != nullptr) return not_in("what '" + named->name() + "' said", named->text, snippet);
    for (auto each = outputs.rbegin(); each != outputs.rend(); ++each) {
        if (auto quote = quote_of(*each, snippet)) return *std::move(quote);
    }
    return not_named(wanted, file.text.error(), outputs);
}

}  // namespace hearth::scaffold

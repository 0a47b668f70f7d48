#include "scaffold/evidence_keeper.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <utility>

#include <boost/json.hpp>

#include "agent/file_change.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostListed = 6'000;  // bytes of a list
constexpr std::string_view kAddNeeds =
    R"(evidence_add needs {"source": "...", "note": "...", "snippet": "..."}.)";

agent::ToolResult failure(std::string_view text) { return {fmt::format("Error: {}", text), true}; }

// One of the two tools, which calls the keeper.
class EvidenceTool final : public agent::Tool {
public:
    using Run = std::function<agent::ToolResult(std::string_view arguments)>;

    EvidenceTool(chat::Tool description, std::string_view subject, Run run)
        : description_(std::move(description)), subject_(subject), run_(std::move(run)) {}

    [[nodiscard]] chat::Tool description() const override { return description_; }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        const auto parsed = parse_json(arguments);
        return parsed ? single_spaced(string_member(*parsed, subject_).value_or("")) : std::string();
    }

    Result<agent::ToolResult> run(std::string_view arguments, std::stop_token /*stop*/,
                                  const agent::OutputSink& /*on_output*/) override {
        return run_(arguments);
    }

private:
    chat::Tool description_;
    std::string subject_;  // the argument that says what it is about
    Run run_;
};

// "src/a.py:12" and "src/a.py:12-14", as search and compilers write places, without the lines.
std::string without_lines(std::string_view source) {
    const auto colon = source.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == source.size()) return std::string(source);
    const auto lines = source.substr(colon + 1);
    const bool digits =
        std::all_of(lines.begin(), lines.end(), [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
    return std::string(digits ? source.substr(0, colon) : source);
}

std::string id_argument(const json::value& arguments) {
    if (const auto number = integer_member(arguments, "id")) return std::to_string(*number);
    return std::string(trim(string_member(arguments, "id").value_or("")));
}

}  // namespace

agent::ToolBox EvidenceKeeper::tools() {
    agent::ToolBox tools;
    tools.push_back(std::make_unique<EvidenceTool>(
        chat::Tool{std::string(kEvidenceAdd),
                   "Keeps a quote with a note. It stays at hand when earlier messages are dropped.",
                   R"({"type":"object","properties":{)"
                   R"("source":{"type":"string","description":"a path, or the command whose output it is"},)"
                   R"("note":{"type":"string","description":"what it shows"},)"
                   R"("snippet":{"type":"string","description":"copied word for word, 1024 bytes at most"}},)"
                   R"("required":["source","note","snippet"]})"},
        "source", [this](std::string_view arguments) { return add(arguments); }));
    tools.push_back(std::make_unique<EvidenceTool>(
        chat::Tool{std::string(kEvidenceGet), "Gives a kept quote by its id; without an id the list.",
                   R"({"type":"object","properties":{"id":{"type":"string"}}})"},
        "id", [this](std::string_view arguments) { return get(arguments); }));
    return tools;
}

// A new prompt comes first after a compaction that a person asked for, or that the last answer led to.
Status EvidenceKeeper::on_prompt(std::string& text, std::stop_token /*stop*/) {
    if (const auto words = reminder(); !words.empty()) text += "\n\n" + words;
    return {};
}

Result<agent::Verdict> EvidenceKeeper::after_tools(std::string& feedback, std::stop_token /*stop*/) {
    if (const auto words = reminder(); !words.empty()) feedback += (feedback.empty() ? "" : "\n\n") + words;
    return agent::Verdict::kGoOn;
}

agent::ToolResult EvidenceKeeper::add(std::string_view arguments) const {
    if (session_ == nullptr) return failure("no session is there to keep it in.");
    const auto parsed = parse_json(arguments);
    if (!parsed) return failure(parsed.error().message());
    const std::string source(trim(string_member(*parsed, "source").value_or("")));
    const std::string snippet(string_member(*parsed, "snippet").value_or(""));
    const auto note = single_spaced(string_member(*parsed, "note").value_or(""));
    if (source.empty() || note.empty() || trim(snippet).empty()) return failure(kAddNeeds);
    if (snippet.size() > kMostSnippet)
        return failure(fmt::format("the snippet has {} bytes, and {} are the most: quote less of it.",
                                   snippet.size(), kMostSnippet));
    std::vector<ShownOutput> outputs;
    session_->look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        outputs = shown_outputs(entries, leaf);
    });
    auto quote = find_source(source, snippet, file_of(source), outputs);
    if (!quote) return failure(quote.error().message());
    return keep({.id = {},
                 .source = shortened(single_spaced(quote->source), kMostSourceName),
                 .note = shortened(note, kMostNote),
                 .snippet = std::move(quote->text)});
}

agent::ToolResult EvidenceKeeper::keep(Evidence piece) const {
    const auto pieces = kept();
    const auto same = std::find_if(pieces.begin(), pieces.end(), [&](const Evidence& each) {
        return each.source == piece.source && each.snippet == piece.snippet;
    });
    if (same != pieces.end()) return {fmt::format("{} has it already: {}", same->id, same->note)};
    const auto id = next_evidence_id(pieces);
    if (!id) return failure(fmt::format("{} pieces are kept, and that is the most.", pieces.size()));
    piece.id = *id;
    if (const auto written = session_->append_custom(kEvidenceEntry, evidence_json(piece)); !written)
        return failure(written.error().message());
    return {fmt::format("Kept as {}, from {}.", piece.id, piece.source)};
}

// A call without arguments comes as no text from some servers.
agent::ToolResult EvidenceKeeper::get(std::string_view arguments) const {
    const auto parsed = parse_json(trim(arguments).empty() ? "{}" : arguments);
    if (!parsed) return failure(parsed.error().message());
    const auto pieces = kept();
    const auto written = id_argument(*parsed);
    if (pieces.empty()) return {"[no evidence is kept]", !written.empty()};
    if (written.empty()) return {evidence_lines(pieces, kMostListed)};
    const auto id = evidence_id(written);
    const auto piece = std::find_if(pieces.begin(), pieces.end(),
                                    [&](const Evidence& each) { return !id.empty() && each.id == id; });
    if (piece == pieces.end())
        return failure(fmt::format("there is no evidence '{}'. There is:\n{}", shortened(written, 40),
                                   evidence_lines(pieces, kMostToldEvidence)));
    return {fmt::format("{}, from {}: {}\n{}", piece->id, piece->source, piece->note, piece->snippet)};
}

std::vector<Evidence> EvidenceKeeper::kept() const {
    std::vector<Evidence> pieces;
    if (session_ == nullptr) return pieces;
    session_->look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        pieces = evidence_of(entries, leaf);
    });
    return pieces;
}

std::string EvidenceKeeper::reminder() const {
    std::string words;
    if (session_ == nullptr) return words;
    session_->look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        words = evidence_reminder(entries, leaf);
    });
    return words;
}

SourceFile EvidenceKeeper::file_of(const std::string& source) const {
    const auto file = [this](const std::string& path) {
        return SourceFile{.name = agent::path_below(setup_.files.root(), path), .text = text_of(path)};
    };
    auto whole = file(source);
    const auto shorter = without_lines(source);
    if (whole.text || shorter == source) return whole;
    auto at_lines = file(shorter);
    if (at_lines.text || at_lines.text.error().code() != Code::kNotFound) return at_lines;
    return whole;
}

// As a model is shown it. The rule comes first, so that the answer for a closed file is the same whatever it has, and whether it is there.
Result<std::string> EvidenceKeeper::text_of(const std::string& path) const {
    if (setup_.may_show && !setup_.may_show(path))
        return Error(Code::kPermission,
                     fmt::format("the file '{}' may not be read without permission", shortened(path, 100)));
    auto text = TRY(setup_.files.read(path));
    if (text.find('\0') != std::string::npos)
        return Error(Code::kInvalidInput, fmt::format("the file '{}' is not a text file", path));
    text = to_valid_utf8(text);
    return setup_.secrets ? setup_.secrets->without(text).text : text;
}

}  // namespace hearth::scaffold

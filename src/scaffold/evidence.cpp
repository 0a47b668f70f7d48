#include "scaffold/evidence.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "agent/branch.h"
#include "chat/message.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::scaffold {
namespace {

constexpr std::string_view kReminderHead = "Evidence kept before the conversation was shortened";
constexpr std::size_t kMostDigits = 4;  // of an id
constexpr std::size_t kMostLine = 150;  // bytes of one piece in a list
constexpr std::size_t kMostData = std::size_t{64} << 10U;

std::optional<std::int64_t> number_of(std::string_view id) {
    if (!id.starts_with('e')) return std::nullopt;
    id.remove_prefix(1);
    if (id.empty() || id.size() > kMostDigits || id.front() == '0') return std::nullopt;
    return parse_number(id);
}

// Which entries of a log stand on a branch, or beside it.
class OnBranch {
public:
    OnBranch(const std::vector<agent::Entry>& entries, std::string_view leaf) : entries_(entries) {
        for (const auto& entry : entries)
            known_.insert(entry.id);
        for (const auto* entry : agent::branch_path(entries, leaf))
            path_.insert(entry->id);
    }

    // One whose parent is in no line that could be read stands behind the line before it, as branch_path() has it.
    [[nodiscard]] bool has(std::size_t place) const {
        const auto& entry = entries_[place];
        if (path_.contains(entry.id) || entry.parent_id.empty()) return true;
        if (known_.contains(entry.parent_id)) return path_.contains(entry.parent_id);
        while (place > 0 && entries_[place - 1].type == "custom")
            --place;
        return place > 0 && path_.contains(entries_[place - 1].id);
    }

private:
    const std::vector<agent::Entry>& entries_;
    std::set<std::string_view> known_;
    std::set<std::string_view> path_;
};

// Whether the model was told in this message.
bool reminds(const agent::Entry& entry) {
    if (!entry.message || entry.type != "message" || entry.message->role == chat::Role::kAssistant)
        return false;
    return entry.message->text.find(fmt::format("\n\n{} (", kReminderHead)) != std::string::npos;
}

}  // namespace

std::string single_spaced(std::string_view text) {
    std::string out;
    bool gap = false;
    for (const char c : text) {
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            gap = !out.empty();
            continue;
        }
        if (gap) out += ' ';
        gap = false;
        out += c;
    }
    return out;
}

std::string evidence_json(const Evidence& piece) {
    return json::serialize(json::object{{"id", piece.id},
                                        {"source", to_valid_utf8(piece.source)},
                                        {"note", to_valid_utf8(piece.note)},
                                        {"snippet", to_valid_utf8(piece.snippet)}});
}

std::optional<Evidence> parse_evidence(std::string_view data) {
    const auto value = parse_json(data, {.max_bytes = kMostData, .max_depth = 4});
    if (!value) return std::nullopt;
    Evidence piece;
    piece.id = string_member(*value, "id").value_or("");
    piece.source = shortened(single_spaced(string_member(*value, "source").value_or("")), kMostSourceName);
    piece.note = shortened(single_spaced(string_member(*value, "note").value_or("")), kMostNote);
    piece.snippet = utf8_front(string_member(*value, "snippet").value_or(""), kMostSnippet);
    if (!number_of(piece.id) || piece.source.empty() || piece.snippet.empty()) return std::nullopt;
    return piece;
}

std::vector<Evidence> evidence_of(const std::vector<agent::Entry>& entries, std::string_view leaf) {
    const OnBranch branch(entries, leaf);
    std::vector<Evidence> out;
    std::set<std::string> taken;
    for (std::size_t place = 0; place < entries.size(); ++place) {
        const auto& entry = entries[place];
        if (entry.type != "custom" || entry.custom_type != kEvidenceEntry || !branch.has(place)) continue;
        auto piece = parse_evidence(entry.custom_data);
        if (!piece || !taken.insert(piece->id).second) continue;
        piece->place = place;
        out.push_back(*std::move(piece));
    }
    return out;
}

std::optional<std::string> next_evidence_id(const std::vector<Evidence>& pieces) {
    std::int64_t highest = 0;
    for (const auto& piece : pieces)
        highest = std::max(highest, number_of(piece.id).value_or(0));
    auto id = fmt::format("e{}", highest + 1);
    if (pieces.size() >= kMostEvidence || !number_of(id)) return std::nullopt;
    return id;
}

std::string evidence_id(std::string_view written) {
    auto id = to_lower_ascii(trim(written));
    if (!id.starts_with('e')) id.insert(0, 1, 'e');
    return number_of(id) ? id : std::string();
}

std::string evidence_lines(const std::vector<Evidence>& pieces, std::size_t bytes) {
    std::string out;
    std::size_t left = pieces.size();
    for (; left > 0; --left) {
        const auto& piece = pieces[left - 1];
        const auto line =
            shortened(fmt::format("{} {}: {}", piece.id, piece.source, piece.note), kMostLine) + "\n";
        if (out.size() + line.size() > bytes) break;
        out.insert(0, line);
    }
    if (left > 0) out.insert(0, fmt::format("[{} earlier ones, from {} on]\n", left, pieces.front().id));
    return out;
}

std::string evidence_reminder(const std::vector<agent::Entry>& entries, std::string_view leaf) {
    const auto path = agent::branch_path(entries, leaf);
    const auto latest = std::find_if(path.rbegin(), path.rend(),
                                     [](const agent::Entry* entry) { return entry->type == "compaction"; });
    if (latest == path.rend() ||
        std::any_of(path.rbegin(), latest, [](const agent::Entry* entry) { return reminds(*entry); }))
        return {};
    const auto place = static_cast<std::size_t>(*latest - entries.data());
    const auto pieces = evidence_of(entries, leaf);
    if (pieces.empty() || pieces.front().place > place) return {};
    return fmt::format("{} ({}; {} with an id gives the quote, without one the list):\n{}", kReminderHead,
                       pieces.size(), kEvidenceGet, evidence_lines(pieces, kMostToldEvidence));
}

}  // namespace hearth::scaffold

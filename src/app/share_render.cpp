#include "app/share_render.h"

#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "app/json_text.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::size_t kShownId = 13;
constexpr std::size_t kShownWords = 50;  // bytes

std::size_t count(const std::vector<ShareCandidate>& candidates) {
    std::size_t shared = 0;
    for (const auto& each : candidates)
        shared += held_back(each).empty() ? 1 : 0;
    return shared;
}

}  // namespace

std::string held_back(const ShareCandidate& candidate) {
    const auto& found = candidate.shared.session.found;
    if (!found.denied.empty()) return fmt::format("it has '{}'", join(found.denied, "', '"));
    if (candidate.shared.session.messages == 0) return "nothing was said in it";
    if (!candidate.verdict || candidate.accepted) return {};
    if (candidate.verdict->shareable == share::Verdict::Shareable::kYes) return {};
    return fmt::format("the reviewer says {}: {}", share::shareable_name(candidate.verdict->shareable),
                       candidate.verdict->why);
}

std::string render_share(const std::vector<ShareCandidate>& candidates) {
    Table table{
        .headings = {"SESSION", "MESSAGES", "SECRETS", "PATTERNS", "IMAGES", "SHARED", "FIRST MESSAGE"},
        .numeric = {false, true, true, true, true},
        .rows = {}};
    std::string below;
    for (const auto& each : candidates) {
        const auto& session = each.shared.session;
        const auto why = held_back(each);
        table.rows.push_back({printable(utf8_front(session.id, kShownId)), std::to_string(session.messages),
                              std::to_string(session.found.secrets), std::to_string(session.found.patterns),
                              std::to_string(session.found.images), why.empty() ? "yes" : "no",
                              printable(utf8_front(session.first_words, kShownWords))});
        if (!why.empty()) below += fmt::format("\n{}: {}\n", printable(session.id), printable(why));
        for (const auto& passage : each.verdict ? each.verdict->flagged : std::vector<std::string>())
            below += fmt::format("  flagged: {}\n", printable(passage));
    }
    return render_table(table) + below +
           fmt::format(
               "\n{} of {} sessions would be shared. Look at them before you pass them on: this is a help, "
               "and no "
               "proof.\n",
               count(candidates), candidates.size());
}

std::string share_json(const std::vector<ShareCandidate>& candidates, const std::string& folder) {
    json::array sessions;
    for (const auto& each : candidates) {
        const auto& session = each.shared.session;
        const auto why = held_back(each);
        json::object out{{"id", session.id},
                         {"file", each.file.string()},
                         {"created", session.created},
                         {"first", session.first_words},
                         {"messages", session.messages},
                         {"secrets", session.found.secrets},
                         {"patterns", session.found.patterns},
                         {"images", session.found.images},
                         {"shared", why.empty()}};
        if (!why.empty()) out["held_back"] = why;
        if (each.verdict) {
            json::array flagged;
            for (const auto& passage : each.verdict->flagged)
                flagged.emplace_back(passage);
            out["review"] = json::object{{"shareable", share::shareable_name(each.verdict->shareable)},
                                         {"flagged", std::move(flagged)},
                                         {"why", each.verdict->why}};
        }
        sessions.push_back(std::move(out));
    }
    json::object all{{"shared", count(candidates)}, {"sessions", std::move(sessions)}};
    if (!folder.empty()) all["folder"] = folder;
    return pretty_json(all);
}

}  // namespace hearth::app

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "app/code_doctor.h"
#include "app/json_text.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::size_t kShownWhat = 60;  // bytes in a table

const char* state_name(SessionPart::State state) {
    switch (state) {
        case SessionPart::State::kUsed: return "used";
        case SessionPart::State::kUnused: return "unused";
        case SessionPart::State::kProblem: break;
    }
    return "problem";
}

}  // namespace

bool is_healthy(const std::vector<SessionPart>& parts) {
    return std::none_of(parts.begin(), parts.end(),
                        [](const SessionPart& each) { return each.state == SessionPart::State::kProblem; });
}

std::string render_session_parts(const std::vector<SessionPart>& parts) {
    Table table{.headings = {"PART", "WHAT", "STATE", "FROM"}, .numeric = {}, .rows = {}};
    std::string below;
    for (const auto& each : parts) {
        table.rows.push_back({each.kind, printable(shortened(each.what, kShownWhat)), state_name(each.state),
                              printable(each.from)});
        if (each.note.empty() && each.cure.empty()) continue;
        below += fmt::format("\n{}: {} {}{}{}\n", state_name(each.state), each.kind, printable(each.what),
                             each.note.empty() ? "" : "\n  " + printable(each.note),
                             each.cure.empty() ? "" : "\n  do: " + printable(each.cure));
    }
    return render_table(table) + below;
}

std::string session_parts_json(const std::vector<SessionPart>& parts) {
    json::array list;
    for (const auto& each : parts) {
        json::object part{{"kind", each.kind}, {"what", to_valid_utf8(each.what)}};
        if (!each.from.empty()) part["from"] = to_valid_utf8(each.from);
        part["state"] = state_name(each.state);
        if (!each.note.empty()) part["note"] = to_valid_utf8(each.note);
        if (!each.cure.empty()) part["cure"] = to_valid_utf8(each.cure);
        list.push_back(std::move(part));
    }
    return pretty_json(json::object{{"healthy", is_healthy(parts)}, {"parts", std::move(list)}});
}

}  // namespace hearth::app

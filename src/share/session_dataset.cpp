#include "share/session_dataset.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "dataset/folder.h"
#include "os/files.h"

namespace hearth::share {
namespace {

constexpr std::string_view kData = "data/sessions.jsonl";

// A name of a file: what is no plain word is named by its hash.
std::string file_name(const std::string& id) {
    const bool plain = !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
    return plain ? id : os::sha256(id);
}

std::string card(const std::vector<SharedSession>& sessions, const DatasetTerms& terms) {
    std::size_t removed = 0;
    std::size_t messages = 0;
    for (const auto& each : sessions) {
        removed += each.session.found.secrets + each.session.found.patterns;
        messages += each.session.messages;
    }
    return fmt::format(
        "---\nlicense: {}\ntags:\n- agent-traces\n- coding-agent\nconfigs:\n- config_name: default\n  "
        "data_files: {}\n---\n\n"
        "# Sessions of a coding agent\n\n"
        "{} sessions with {} messages of `hearth code`. What a model wrote is under the terms of that "
        "model{}.\n\n"
        "Secrets that were known, home folders and what has the form of a secret were replaced in {} places. "
        "That is a help "
        "and no proof.\n\n"
        "`{}` has one conversation a line: id, created, models, messages (role, text, tool_calls with name "
        "and arguments, "
        "tool, is_error), prompt_tokens, generated_tokens. `traces/ID.jsonl` has each session with all its "
        "branches, in the "
        "version-3 format that pi and hearth read.\n",
        dataset::hub_licence({terms.licence}), kData, sessions.size(), messages,
        terms.licence.empty() ? "" : fmt::format("; what the person wrote, under {}", terms.licence), removed,
        kData);
}

}  // namespace

Status write_session_dataset(const std::vector<SharedSession>& sessions, const DatasetTerms& terms) {
    std::vector<dataset::File> files;
    std::string lines;
    json::array sources;
    for (const auto& each : sessions) {
        lines += each.session.record + "\n";
        auto trace = fmt::format("traces/{}.jsonl", file_name(each.session.id));
        sources.push_back(
            json::object{{"id", each.session.id}, {"source_sha256", each.source_sha256}, {"trace", trace}});
        files.push_back({std::move(trace), each.session.lines});
    }
    files.push_back({std::string(kData), std::move(lines)});
    files.push_back({"README.md", card(sessions, terms)});
    const json::object about{{"hearth", terms.version}, {"sessions", std::move(sources)}};
    return dataset::write_folder(terms.folder, files, json::serialize(about));
}

}  // namespace hearth::share

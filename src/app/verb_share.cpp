#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "agent/session_store.h"
#include "app/code_models.h"
#include "app/code_verbs.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/render.h"
#include "app/share_render.h"
#include "app/verbs.h"
#include "core/text.h"
#include "dataset/folder.h"
#include "os/files.h"
#include "os/interrupt.h"
#include "os/paths.h"
#include "os/process.h"
#include "share/clean_session.h"
#include "share/named_secrets.h"
#include "share/review.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxWords = std::size_t{1} << 20U;  // of a file of denied texts, or of variables

struct ShareRequest {
    std::string directory = ".";
    std::string session_folder;
    std::vector<std::string> sessions;  // files, or beginnings of ids; empty: all of the folder
    bool all = false;                   // of every folder
    std::string to;
    std::string licence;
    std::vector<std::string> denied;
    std::string deny_file;
    std::vector<std::string> variables;  // files whose values are secrets
    bool keep_images = false;
    std::vector<std::string> accepted;
    std::string reviewer;
    std::string server;
    bool as_json = false;
};

// All secrets that this machine knows by their bytes.
Result<KnownSecrets> known_secrets(const ShareRequest& request) {
    auto known = secret_store().known();
    share::add_secrets(os::whole_environment(), false, known);
    for (const auto& file : request.variables) {
        const auto added =
            share::add_secrets(share::parse_variables(TRY(os::read_file(file, kMaxWords))), true, known);
        fmt::print(stderr, "{}: {} secrets\n", printable(file), added);
    }
    return known;
}

Result<std::vector<std::string>> denied_texts(const ShareRequest& request) {
    auto out = request.denied;
    if (!request.deny_file.empty()) {
        const auto text = TRY(os::read_file(request.deny_file, kMaxWords));
        for (const auto line : split_lines(text)) {
            const auto word = trim(line);
            if (!word.empty() && word.front() != '#') out.emplace_back(word);
        }
    }
    if (std::any_of(out.begin(), out.end(), [](const std::string& each) { return each.empty(); }))
        return Error(Code::kInvalidInput, "--deny needs a text: an empty one stands in every session");
    return out;
}

Result<std::vector<fs::path>> chosen_files(const ShareRequest& request) {
    const auto place =
        TRY(session_place(os::paths_from_environment(), request.directory, request.session_folder));
    std::vector<fs::path> out;
    for (const auto& each : request.sessions)
        out.push_back(TRY(agent::find_session(place, each)));
    if (!request.sessions.empty()) return out;
    for (const auto& each : TRY(agent::list_sessions(place, request.all)))
        out.push_back(each.file);
    if (out.empty())
        return Error(Code::kNotFound,
                     "there are no sessions of this folder; --all takes those of every folder");
    return out;
}

Result<std::vector<ShareCandidate>> collect(const ShareRequest& request) {
    const auto known = TRY(known_secrets(request));
    const share::CleaningTerms terms{.home = os::home_folder().string(),
                                     .secrets = &known,
                                     .denied = TRY(denied_texts(request)),
                                     .keep_images = request.keep_images};
    std::vector<ShareCandidate> out;
    for (const auto& file : TRY(chosen_files(request))) {
        const auto content = TRY(agent::Session::read_all(file));
        ShareCandidate candidate{.file = file};
        candidate.shared = {.session = share::clean_session(content, terms),
                            .source_sha256 = TRY(os::sha256_file(file))};
        candidate.accepted =
            std::any_of(request.accepted.begin(), request.accepted.end(), [&](const std::string& id) {
                return !id.empty() && candidate.shared.session.id.starts_with(id);
            });
        out.push_back(std::move(candidate));
    }
    return out;
}

// What a model of this machine (or of the server that is named) thinks of those that nothing else speaks against. A model elsewhere would get the
// sessions before anybody has said that they may leave.
Status have_reviewed(const ShareRequest& request, std::vector<ShareCandidate>& candidates) {
    const auto paths = os::paths_from_environment();
    Progress progress("review");
    CodeModels models(paths, {.server = request.server, .model = request.reviewer, .secrets = kept_secrets()},
                      [&](const engine::LoadProgress& step) { progress.update(step.fraction, step.step); });
    const auto model = TRY(models.first());
    if (!is_at_hand(model)) {
        return Error(
            Code::kInvalidInput,
            fmt::format("--review-model {}: it would read the sessions elsewhere, before you know what is "
                        "in them; name one of `hearth list`, or a --server",
                        printable(agent::author_of(model))));
    }
    auto* provider = TRY(models.open(model));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto& each = candidates[i];
        if (each.accepted || !held_back(each).empty()) continue;
        progress.update(static_cast<double>(i) / static_cast<double>(candidates.size()),
                        fmt::format("session {} of {}", i + 1, candidates.size()));
        each.verdict = TRY(share::review(*provider, each.shared.session.transcript, os::stop_on_interrupt()));
    }
    progress.finish("done");
    return {};
}

Status run_share(const ShareRequest& request) {
    // Said before the work, not after it.
    if (!request.to.empty()) TRY(dataset::check_new(request.to));
    auto candidates = TRY(collect(request));
    if (!request.reviewer.empty() || !request.server.empty()) TRY(have_reviewed(request, candidates));
    std::vector<share::SharedSession> shared;
    for (const auto& each : candidates) {
        if (held_back(each).empty()) shared.push_back(each.shared);
    }
    const bool writes = !request.to.empty();
    if (writes && shared.empty()) {
        if (!request.as_json) fmt::print("{}", render_share(candidates));
        return Error(Code::kNotFound, "no session is left to be shared, so nothing was written");
    }
    if (writes) {
        TRY(share::write_session_dataset(
            shared, {.folder = request.to, .licence = request.licence, .version = HEARTH_VERSION}));
    }
    fmt::print("{}", request.as_json ? share_json(candidates, request.to) : render_share(candidates));
    if (request.as_json) return {};
    if (writes) {
        fmt::print(
            "{} sessions are in {}. Nothing was sent anywhere: `grep` it, read it, then upload it "
            "yourself.\n",
            shared.size(), printable(request.to));
    } else {
        fmt::print("Nothing was written: --to FOLDER does.\n");
    }
    return {};
}

}  // namespace

int verb_share(Arguments arguments) {
    ShareRequest request;
    Options options("share",
                    "Makes a dataset of sessions that you choose, without secrets. Nothing is uploaded.");
    options.rest("SESSION", request.sessions,
                 "files, or beginnings of ids (without any: all of this folder)");
    options.option("-C,--directory", request.directory, "the project's folder");
    options.flag("--all", request.all, "sessions of every folder");
    options.option("--session-dir", request.session_folder, "folder of the sessions");
    options.option("--to", request.to, "new folder to write; without it you only see what was found");
    options.option("--licence", request.licence,
                   "of what you wrote, such as CC-BY-4.0; it goes into the card");
    options.repeated("--deny", request.denied, "leave out sessions that have this text, whatever its case");
    options.option("--deny-file", request.deny_file, "a file of such texts, one a line");
    options.repeated(
        "--variables", request.variables,
        "a file of NAME=value lines (.env) whose values are secrets, to be taken out wherever they stand");
    options.flag("--images", request.keep_images, "keep images, whose content nothing here looks at");
    options.option("--review-model", request.reviewer,
                   "have this installed model (or one of --server) read each session; what it does not pass "
                   "is left out");
    options.option("--server", request.server,
                   "the reviewer's OpenAI-compatible server, in place of an own engine");
    options.repeated("--accept", request.accepted,
                     "share this session (the beginning of its id), whatever a reviewer says");
    options.flag("--json", request.as_json, "print JSON");
    options.footer(
        "Taken out: secrets of `hearth secret`, of --variables and of variables here that are named as such "
        "(in any encoding that "
        "programs use), home folders, private keys, words with the form of a token, images, signatures of "
        "thinking, and state "
        "of extensions. That is a help and no proof: read what you pass on.\n"
        "Written: data/sessions.jsonl, traces/ID.jsonl in pi's format, README.md with a card, manifest.json "
        "with hashes.\n"
        "Examples:\n"
        "  hearth share --deny acme --variables .env                 what would be shared, and what speaks "
        "against it\n"
        "  hearth share --deny acme --variables .env --to ~/sessions  writes it");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = run_share(request);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app

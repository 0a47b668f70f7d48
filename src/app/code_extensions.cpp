#include "app/code_extensions.h"

#include <cstdio>
#include <fmt/format.h>
#include <utility>

#include "app/extension_verbs.h"
#include "core/text.h"
#include "extend/discovery.h"
#include "extend/launch.h"
#include "extend/package_texts.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

Error not_begun() { return {Code::kUnavailable, "the session has not begun yet, or has ended"}; }

std::vector<std::pair<std::string, std::string>> flags_of(const std::vector<std::string>& given) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& each : given) {
        const auto equals = each.find('=');
        out.emplace_back(each.substr(0, equals), equals == std::string::npos ? "" : each.substr(equals + 1));
    }
    return out;
}

void add_all(const std::vector<fs::path>& found, std::string_view scope, const extend::LaunchPlaces& places,
             const extend::Host::Report& report, std::vector<extend::Source>& out) {
    for (const auto& path : found) {
        auto source = extend::source_of(path, scope, places);
        if (source) {
            out.push_back(*std::move(source));
        } else if (report) {
            report({path.filename().string(), path, "start", source.error().message()});
        }
    }
}

void tell_brought(const char* what, const std::vector<fs::path>& found) {
    if (found.empty()) return;
    fmt::print(stderr, "{}\n", what);
    for (const auto& each : found)
        fmt::print(stderr, "  {}\n", printable(each.string()));
}

// A person's own, those of packages, those of the project where it is trusted.
Status add_installed(const ExtensionParts& parts, const extend::LaunchPlaces& places,
                     const extend::Host::Report& report, std::vector<extend::Source>& out) {
    add_all(extend::extensions_in(user_extensions(parts.paths)), "user", places, report, out);
    std::vector<fs::path> packages;
    for (const auto& each : TRY(package_store(parts.paths).list())) {
        if (!extend::has_only_texts(each.folder)) packages.push_back(each.folder);
    }
    add_all(packages, "user", places, report, out);
    if (!parts.trusted) return {};
    add_all(extend::project_extensions(parts.workspace), "project", places, report, out);
    return {};
}

}  // namespace

Result<bool> is_trusted(const os::Paths& paths, const fs::path& workspace, const ExtensionChoice& choice) {
    if (choice.trust_project) return true;
    return TRY(look_at_project(paths, workspace)).decided.value_or(false);
}

Result<bool> decide_on_project(const os::Paths& paths, const fs::path& workspace,
                               const ExtensionChoice& choice, bool at_terminal) {
    if (choice.trust_project) return true;
    const auto project = TRY(look_at_project(paths, workspace));
    if (project.decided) return *project.decided;
    if (choice.never_ask || project.digest.empty()) return false;
    // Without extensions and texts of its own it brings nothing that this run would use.
    if (choice.none && project.texts.empty()) return false;
    tell_brought("This project brings extensions, which would run with your rights:", project.found);
    tell_brought("This project brings texts and settings that the model would be told or the session set by:",
                 project.texts);
    if (!at_terminal) {
        fmt::print(
            stderr,
            "They are not used: `hearth extension trust` allows them, --trust-project does for one run.\n");
        return false;
    }
    fmt::print(stderr, "Use them here? yes, no, or enter for not now: ");
    std::string answer;
    for (int letter = 0; (letter = std::getchar()) != EOF && letter != '\n';)
        answer += static_cast<char>(letter);
    answer = to_lower_ascii(trim(answer));
    if (answer == "n" || answer == "no") TRY(trust_book(paths).decide(workspace, project.digest, false));
    if (answer != "y" && answer != "yes") return false;
    TRY(trust_book(paths).decide(workspace, project.digest, true));
    // The files may have changed while the person read what there is.
    return is_trusted(paths, workspace, choice);
}

Result<std::unique_ptr<extend::Host>> start_extensions(const ExtensionParts& parts, extend::Ui& ui,
                                                       extend::SessionDoor& door,
                                                       extend::Host::Report report) {
    const extend::LaunchPlaces places{.workspace = parts.workspace,
                                      .node_host = parts.paths.cache / "extension-host"};
    std::vector<extend::Source> sources;
    for (const auto& path : parts.choice.paths)
        sources.push_back(TRY(extend::source_of(path, "temporary", places)));
    if (!parts.choice.none) TRY(add_installed(parts, places, report, sources));
    if (sources.empty() && parts.choice.flags.empty()) return std::unique_ptr<extend::Host>();
    return extend::Host::start(std::move(sources),
                               {.version = HEARTH_VERSION,
                                .mode = parts.mode,
                                .workspace = parts.workspace,
                                .trusted = parts.trusted,
                                .flags = flags_of(parts.choice.flags),
                                .logs = parts.paths.state / "extensions"},
                               ui, door, parts.tools, parts.wrap, std::move(report), parts.pick);
}

std::string failure_text(const extend::Failure& failure) {
    return fmt::format("extension {}{}{}: {}", failure.extension, failure.event.empty() ? "" : ", ",
                       failure.event, failure.why);
}

void ServerDoor::attach(agent::RpcServer& server) {
    const std::scoped_lock lock(mutex_);
    server_ = &server;
}

void ServerDoor::detach() {
    const std::scoped_lock lock(mutex_);
    server_ = nullptr;
}

void ServerDoor::look(const Look& look) {
    const std::scoped_lock lock(mutex_);
    if (server_ != nullptr) server_->look(look);
}

Result<std::string> ServerDoor::append(std::string_view type, std::string_view fields) {
    const std::scoped_lock lock(mutex_);
    if (server_ == nullptr) return not_begun();
    return server_->append_entry(type, fields);
}

Result<std::string> ServerDoor::append_state(std::string_view custom_type, std::string_view data) {
    const std::scoped_lock lock(mutex_);
    if (server_ == nullptr) return not_begun();
    return server_->append_state(custom_type, data);
}

void ServerDoor::command(agent::RpcCommand command) {
    post_([command = std::move(command)](agent::RpcServer& server) { server.take(command); });
}

agent::ModelInfo ServerDoor::model() {
    const std::scoped_lock lock(mutex_);
    return server_ == nullptr ? agent::ModelInfo() : server_->model();
}

bool ServerDoor::busy() {
    const std::scoped_lock lock(mutex_);
    return server_ != nullptr && server_->busy();
}

}  // namespace hearth::app

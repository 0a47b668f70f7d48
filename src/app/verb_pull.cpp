#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/lifecycle_render.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/render.h"
#include "app/verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "model/pull.h"
#include "model/pull_choice.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

struct Wish {
    std::string what;
    std::string name;
    std::string sha256;
    bool verify = false;
    bool insecure = false;
    bool as_json = false;
};

bool is_file_or_url(std::string_view text) {
    if (text.contains("://") || text.ends_with(".gguf") || text.starts_with('/') || text.starts_with('.'))
        return true;
    std::error_code error;  // else a '/' is part of the name of a model in a registry
    return text.contains('/') && std::filesystem::exists(std::filesystem::path(text), error);
}

// What is to be pulled, and what the catalogue says of it.
struct Wanted {
    model::PullRequest request;
    std::string licence_note;
    std::optional<model::LifecycleOf> lifecycle;
};

// Sets `refused` to what the catalogue says of a model that it has delisted.
Result<Wanted> request_of(const Wish& wish, std::optional<model::LifecycleOf>& refused) {
    if (is_file_or_url(wish.what))
        return Wanted{.request = TRY(model::request_for_file(wish.what, wish.name, wish.sha256)),
                      .licence_note = {},
                      .lifecycle = {}};
    if (!wish.name.empty() || !wish.sha256.empty()) {
        return Error(
            Code::kInvalidInput,
            "--name and --sha256 go with a URL or a file (for a file in this folder write ./NAME); a model "
            "of the catalogue has both already");
    }
    const auto folders = model::catalogue_folders(os::executable_path(), os::paths_from_environment());
    const auto choice = TRY(model::choose_pull(wish.what, folders, wish.insecure));
    if (choice.lifecycle.lifecycle.status == model::Listing::kDelisted) refused = choice.lifecycle;
    auto request = TRY(model::resolve_pull(choice, model_store(), os::stop_on_interrupt()));
    refused.reset();
    Wanted wanted{
        .request = std::move(request), .licence_note = choice.licence_note, .lifecycle = std::nullopt};
    if (!choice.lifecycle.name.empty()) wanted.lifecycle = choice.lifecycle;
    return wanted;
}

// Shows the phases of a pull on standard error.
class Display {
public:
    explicit Display(std::string name) : name_(std::move(name)) {}

    void progress(model::PullObserver::Phase phase, Bytes done, std::optional<Bytes> total) {
        if (!bar_ || phase != phase_) {
            const bool fetching = phase == model::PullObserver::Phase::kFetching;
            bar_.reset();
            bar_ = std::make_unique<Progress>((fetching ? "Getting " : "Verifying ") + name_);
            phase_ = phase;
            start_ = Clock::now();
            first_ = done;
        }
        const std::chrono::duration<double> elapsed = Clock::now() - start_;
        std::string detail = human_bytes(done);
        if (total) detail += " of " + human_bytes(*total);
        if (elapsed.count() > 1) {
            const auto rate = static_cast<double>((done - first_).value) / elapsed.count();
            if (rate >= 1)
                detail += fmt::format(", {}/s", human_bytes(Bytes{static_cast<std::int64_t>(rate)}));
        }
        std::optional<double> fraction;
        if (total && total->value > 0)
            fraction = static_cast<double>(done.value) / static_cast<double>(total->value);
        bar_->update(fraction, detail);
    }

    void notice(std::string_view text) {
        bar_.reset();  // clears its line
        fmt::print(stderr, "{}\n", printable(text));
    }

    void end() { bar_.reset(); }

private:
    using Clock = std::chrono::steady_clock;
    std::string name_;
    std::unique_ptr<Progress> bar_;
    model::PullObserver::Phase phase_ = model::PullObserver::Phase::kFetching;
    Clock::time_point start_;
    Bytes first_{0};
};

void print_refusal(const model::LifecycleOf& refused) {
    json::object object;
    object["name"] = refused.name;
    object["installed"] = false;
    add_lifecycle(object, refused);
    fmt::print("{}\n", json::serialize(object));
}

void print(const model::Pulled& pulled, const std::optional<model::LifecycleOf>& lifecycle, bool as_json) {
    const auto& model = pulled.model;
    if (as_json) {
        json::object object;
        object["name"] = model.name;
        object["file"] = model.file.string();
        object["files"] = files_json(model);
        object["size"] = model.size.value;
        object["sha256"] = model.sha256;
        object["source"] = model.manifest.source;
        object["was_installed"] = pulled.was_here;
        if (lifecycle) add_lifecycle(object, *lifecycle);
        fmt::print("{}\n", json::serialize(object));
        return;
    }
    fmt::print("{} is {} ({}, {}).\n", model.name, pulled.was_here ? "already installed" : "installed",
               human_bytes(model.size), printable(model.manifest.quantisation));
}

}  // namespace

int verb_pull(Arguments arguments) {
    Wish wish;
    Options options("pull",
                    "Gets a model, verifies it and installs it. An interrupted pull goes on where it ended.");
    options.positional(
        "MODEL", wish.what,
        "a model of the catalogue or of a registry (HOST/NAMESPACE/MODEL:TAG), a URL, or a path to a .gguf "
        "file");
    options.option("--name", wish.name,
                   "what to call a model from a URL or a file (default: from the file name)");
    options.option("--sha256", wish.sha256, "the hash that a URL or a file must have");
    options.flag("--verify", wish.verify,
                 "if it is installed, hash its file again and get it anew when it is damaged");
    options.flag("--insecure", wish.insecure, "ask a registry over plain http");
    options.flag("--json", wish.as_json, "print the result as JSON");
    options.footer(
        "Examples:\n  hearth pull qwen2.5-coder:1.5b\n  hearth pull ./my.gguf --name my:model\n"
        "  hearth pull hf.co/USER/REPOSITORY:Q4_K_M\n"
        "`hearth list --all` shows the catalogue. A name that is not in it is asked for at Ollama's "
        "registry.");
    if (const auto status = options.parse(arguments)) return *status;
    std::optional<model::LifecycleOf> refused;
    auto wanted = request_of(wish, refused);
    if (!wanted) {
        if (refused && wish.as_json) print_refusal(*refused);
        return report(wanted.error());
    }
    auto& [request, licence_note, lifecycle] = *wanted;
    request.rehash = wish.verify;
    Display display(request.name);
    if (!licence_note.empty()) display.notice(fmt::format("Licence of {}: {}", request.name, licence_note));
    if (const auto warning = lifecycle ? model::lifecycle_warning(*lifecycle) : std::string();
        !warning.empty())
        display.notice(warning);
    const model::PullObserver observer{
        .progress = [&](auto phase, Bytes done,
                        std::optional<Bytes> total) { display.progress(phase, done, total); },
        .notice = [&](std::string_view text) { display.notice(text); },
    };
    const auto pulled = model::pull(request, model_store(), observer, os::stop_on_interrupt());
    display.end();
    if (!pulled) return report(pulled.error());
    print(*pulled, lifecycle, wish.as_json);
    return 0;
}

}  // namespace hearth::app

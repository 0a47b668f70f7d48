#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <boost/json.hpp>

#include "app/background_server.h"
#include "app/exit_status.h"
#include "app/launch_plan.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/server_address.h"
#include "app/server_client.h"
#include "app/server_status.h"
#include "app/verbs.h"
#include "core/text.h"
#include "os/files.h"
#include "os/paths.h"
#include "os/process.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

// Agents begin with long instructions: 6,000 to 12,000 tokens before the first question.
constexpr std::int64_t kUsualWindow = 32'768;
constexpr std::int64_t kTightWindow = 16'384;
constexpr std::chrono::seconds kLongestLoad{900};

struct Wish {
    std::string client;
    std::string model;
    std::int64_t context = kUsualWindow;
    bool print = false;
    std::vector<std::string> arguments;  // the client's own
};

Result<ServerPlace> server_or_new_one() {
    auto found = find_server();
    if (found || !os::environment("OLLAMA_HOST").empty()) return found;
    fmt::print(stderr, "No server of yours runs; starting `hearth serve` in the background.\n");
    return start_background_server();
}

// The one that was named, or the only one there is.
Result<std::string> choose_model(const ServerPlace& server, const std::string& named) {
    if (!named.empty()) return named;
    const json::value tags = TRY(ask_server(server, "GET", "/api/tags"));
    std::vector<std::string> names;
    if (const auto* models = array_member(tags, "models"); models != nullptr)
        for (const auto& model : *models)
            if (const auto name = string_member(model, "name")) names.emplace_back(*name);
    if (names.size() == 1) return names.front();
    if (names.empty()) return Error(Code::kNotFound, "no model is installed: `hearth pull NAME` gets one");
    return Error(Code::kInvalidInput, fmt::format("name a model with -m: {}", join(names, ", ")));
}

// Of a loaded model; nothing when it is not loaded.
Result<std::optional<Tokens>> window_of(const ServerPlace& server, const std::string& model) {
    const json::value ps = TRY(ask_server(server, "GET", "/api/ps"));
    if (const auto* models = array_member(ps, "models"); models != nullptr)
        for (const auto& each : *models) {
            const std::string name(string_member(each, "name").value_or(""));
            if (name == model || name + ":latest" == model || name == model + ":latest")
                return std::optional(Tokens{integer_member(each, "context_length").value_or(0)});
        }
    return std::optional<Tokens>();
}

// Loads it with that window where it can have one, and returns the window that it has.
Result<Tokens> load(const ServerPlace& server, const std::string& model, std::int64_t context) {
    // One that is loaded so already may be busy, and a load would wait for its turn.
    if (const auto loaded = TRY(window_of(server, model)); loaded && loaded->value >= context) return *loaded;
    const std::string body =
        json::serialize(json::object{{"model", model}, {"options", json::object{{"num_ctx", context}}}});
    TRY(ask_server(server, "POST", "/api/generate", body, kLongestLoad));
    // A server elsewhere may not say which window its model has; it refuses what is too long itself.
    if (const auto loaded = TRY(window_of(server, model)))
        return loaded->value > 0 ? *loaded : Tokens{context};
    return Error(Code::kUnavailable, fmt::format("{} does not stay loaded", model));
}

// A certificate that nobody else has signed. Programs on Node add it to those that they trust, others take it in their place.
void trust(const ServerPlace& server, LaunchPlan& plan) {
    if (!server.tls || server.certificate.empty()) return;
    plan.environment.emplace_back("NODE_EXTRA_CA_CERTS", server.certificate);
    plan.environment.emplace_back("SSL_CERT_FILE", server.certificate);
}

Status write_settings(const LaunchPlan& plan) {
    for (const SettingsChange& change : plan.settings) {
        auto before = os::read_file(change.file);
        if (!before && before.error().code() != Code::kNotFound) return Error(before.error());
        const std::string text = TRY(merge_setting(before ? *before : std::string(), change));
        if (before && *before == text) continue;
        TRY(os::write_file_atomic(change.file, text, 0600));
        fmt::print(stderr, "{}: {} is set in {}\n", plan.title, join(change.path, "."), change.file.string());
    }
    return {};
}

// Becomes the client; returns only when that failed.
Error become(const LaunchPlan& plan, const fs::path& program, const std::vector<std::string>& arguments) {
    for (const auto& [name, value] : plan.environment)
        ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> words = plan.argv;
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    return Error(Code::kUnavailable, fmt::format("{} cannot be started: {}", program.string(),
                                                 std::generic_category().message(errno)));
}

// Nothing is started or loaded for a look.
Status show(const Wish& wish, LaunchTarget target, const fs::path& home, const fs::path& state) {
    const auto server = find_server();
    if (server) {
        target.url = address_words(*server);
        target.model = TRY(choose_model(*server, wish.model));
    }
    if (target.model.empty())
        return Error(Code::kInvalidInput, "name a model with -m: no server runs that knows one");
    target.context = Tokens{wish.context};
    LaunchPlan plan = TRY(plan_launch(wish.client, target, home, state));
    if (server) trust(*server, plan);
    fmt::print("{}", launch_words(plan, wish.arguments, os::environment("HEARTH_API_KEY")));
    return {};
}

Status launch(const Wish& wish) {
    const fs::path home = os::environment("HOME");
    const fs::path state = os::paths_from_environment().state;
    LaunchTarget target{.url = "http://127.0.0.1:11434",
                        .model = wish.model,
                        .context = {},
                        .key = os::environment("HEARTH_API_KEY")};
    if (target.key.empty()) target.key = "hearth";
    // A client that cannot be started is told of before a model is loaded for it.
    const LaunchPlan draft = TRY(plan_launch(wish.client, target, home, state));
    if (wish.print) return show(wish, std::move(target), home, state);
    const auto program = os::find_program(draft.argv.front());
    if (!program)
        return Error(Code::kNotFound,
                     fmt::format("{} is not installed here; `{}` gets it", draft.title, draft.install));
    const ServerPlace server = TRY(server_or_new_one());
    if (std::holds_alternative<net::UnixAddress>(server.address))
        return Error(Code::kUnsupported,
                     "clients need a server on a TCP port; this one listens on " + address_words(server));
    target.url = address_words(server);
    target.model = TRY(choose_model(server, wish.model));
    target.context = TRY(load(server, target.model, wish.context));
    if (target.context.value < kTightWindow)
        fmt::print(
            stderr,
            "{} has a window of {} tokens here, and agents begin with up to 12,000: expect refusals, or "
            "take a model that was trained for more.\n",
            printable(target.model), target.context.value);
    LaunchPlan plan = TRY(plan_launch(wish.client, target, home, state));
    trust(server, plan);
    TRY(write_settings(plan));
    return become(plan, *program, wish.arguments);
}

}  // namespace

int verb_launch(Arguments arguments) {
    Wish wish;
    Options options("launch", "Starts a coding client on a model of the running server.");
    options.positional("CLIENT", wish.client, join(launch_clients(), ", "));
    options.option("-m,--model", wish.model, "model (without it the only one that is installed)");
    options.option("--context", wish.context, "window to load it with, where it can have it", 1024,
                   10'000'000);
    options.flag("--print", wish.print, "only show what would be set and started");
    options.rest("ARGS", wish.arguments, "the client's own arguments, behind --");
    options.footer(
        "Settings go by environment and command line where the client reads them there; else one entry named "
        "hearth is set in its own file, and the rest of that file stays.\n"
        "The server is the one in OLLAMA_HOST, else yours on this machine; when none runs it is started in "
        "the "
        "background.\n\n"
        "  hearth launch claude -m qwen2.5-coder:7b\n"
        "  hearth launch codex -m qwen2.5-coder:7b -- exec \"explain main.c\"");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = launch(wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app

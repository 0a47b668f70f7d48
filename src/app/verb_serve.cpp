#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/server_address.h"
#include "app/server_record.h"
#include "app/trace_options.h"
#include "app/verbs.h"
#include "core/ids.h"
#include "core/text.h"
#include "model/catalogue.h"
#include "model/ollama_store.h"
#include "os/interrupt.h"
#include "os/paths.h"
#include "serve/access.h"
#include "serve/ollama_chat.h"
#include "serve/server.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Ollama's clients find it at its usual address. Others:\n"
    "  OpenAI      base URL http://127.0.0.1:11434/v1, any key\n"
    "  Anthropic   base URL http://127.0.0.1:11434, any key\n"
    "Models are loaded when they are asked for and leave after --keep-alive or when memory is short.\n"
    "Other machines: make a key for each user (`hearth key create NAME`), then --listen 0.0.0.0. `hearth "
    "usage` shows what was served.\n"
    "Ctrl-C or SIGTERM: the answers under way may end (10 s), then it stops. SIGHUP, when it was not started "
    "on a "
    "terminal: it goes on in a new access log.\n"
    "`hearth top` watches it, `hearth ps` and `hearth stop` show and unload models, /metrics is for "
    "Prometheus.\n\n"
    "Also read: OLLAMA_HOST, OLLAMA_KEEP_ALIVE, OLLAMA_NUM_PARALLEL, OLLAMA_CONTEXT_LENGTH, "
    "OLLAMA_MAX_QUEUE, OLLAMA_KV_CACHE_TYPE, OLLAMA_ORIGINS, HEARTH_LEDGER, "
    "and OpenTelemetry's OTEL_EXPORTER_OTLP_..., OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.\n"
    "Options go before them.";

struct Wish {
    std::string listen;
    std::string keep_alive;
    std::optional<std::int64_t> context;
    std::optional<std::int64_t> parallel;
    std::optional<std::int64_t> queue;
    std::optional<std::int64_t> batch;
    std::string cache_type;
    bool no_prompt_files = false;
    std::string access_log;
    std::string otlp;
    std::string ledger;
    std::optional<std::int64_t> keep_ledger;
    std::vector<std::string> origins;
};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

// The option, else the variable, else what is usual.
Result<std::int64_t> number(const std::optional<std::int64_t>& option, const char* variable,
                            std::int64_t usual, std::int64_t least, std::int64_t most) {
    std::int64_t value = option.value_or(usual);
    std::string where = "the option";
    if (const std::string text = environment(variable); !option && !text.empty()) {
        const auto parsed = parse_number(text);
        where = variable;
        value = parsed.value_or(least - 1);
    }
    if (value < least || value > most)
        return Error(Code::kInvalidInput,
                     fmt::format("{} must be a number from {} to {}", where, least, most));
    return value;
}

bool is_loopback(const net::Address& address) {
    const auto* tcp = std::get_if<net::TcpAddress>(&address);
    return tcp == nullptr || tcp->host == "localhost" || tcp->host == "::1" || tcp->host.starts_with("127.");
}

Result<bool> has_keys() {
    auto book = TRY(key_book());
    const auto keys = TRY(book.list());
    const auto now = unix_ms_now();
    return std::ranges::any_of(
        keys, [&](const guard::Key& key) { return guard::state_of(key, now) == guard::KeyState::kActive; });
}

Result<capacity::CacheType> cache_type(std::string wish) {
    if (wish.empty()) wish = environment("OLLAMA_KV_CACHE_TYPE");
    if (wish.empty()) return capacity::CacheType::kF16;
    if (const auto type = capacity::parse_cache_type(wish)) return *type;
    std::string names;
    for (const auto type : capacity::kCacheTypes)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", capacity::cache_type_name(type));
    return Error(Code::kInvalidInput,
                 fmt::format("'{}' is no type of the KV cache; there are {}", printable(wish), names));
}

Result<serve::ServerSettings> settings_of(const Wish& wish) {
    serve::ServerSettings settings;
    std::string place = wish.listen;
    if (place.empty()) place = environment("OLLAMA_HOST");
    // An address that was asked for is taken or refused; only the usual one may move on to the next free port.
    settings.next_port_when_taken = place.empty();
    if (place.empty()) place = "127.0.0.1:11434";
    const net::Address address = TRY(parse_listen_address(place));
    if (!is_loopback(address) && !TRY(has_keys()))
        return Error(Code::kPermission, fmt::format("{} can be reached from other machines, which need a "
                                                    "key, and there is none yet: make one with "
                                                    "`hearth key create NAME` first",
                                                    printable(place)));
    settings.addresses.push_back(address);
    auto& pool = settings.pool;
    pool.paths = os::paths_from_environment();
    pool.foreign_stores = model::ollama_store_folders();
    pool.serve.context = {TRY(number(wish.context, "OLLAMA_CONTEXT_LENGTH", 8192, 256, 10'000'000))};
    pool.serve.slots = static_cast<int>(TRY(number(wish.parallel, "OLLAMA_NUM_PARALLEL", 2, 1, 64)));
    pool.serve.shared_prompt = false;
    pool.serve.batch = static_cast<int>(TRY(number(wish.batch, "", 0, 0, 16'384)));
    pool.serve.cache = TRY(cache_type(wish.cache_type));
    pool.serve.keep_prompts = !wish.no_prompt_files;
    pool.max_queue = static_cast<std::size_t>(TRY(number(wish.queue, "OLLAMA_MAX_QUEUE", 512, 1, 100'000)));
    std::string keep_alive = wish.keep_alive;
    if (keep_alive.empty()) keep_alive = environment("OLLAMA_KEEP_ALIVE");
    if (!keep_alive.empty()) pool.keep_alive = TRY(serve::parse_keep_alive(keep_alive));
    if (wish.access_log != "none")
        settings.access_log.file = wish.access_log.empty() ? pool.paths.state / "access.log"
                                                           : std::filesystem::absolute(wish.access_log);
    settings.ledger = ledger_place(wish.ledger);
    if (wish.keep_ledger) settings.keep_ledger = std::chrono::days(*wish.keep_ledger);
    settings.traces = TRY(trace_options(wish.otlp, environment));
    settings.traces.on_change = [](const std::string& words) {
        fmt::print(stderr, "hearth: {}\n", printable(words));
    };
    // On a terminal a hang-up says that the window is gone, and the server goes with it.
    settings.reopen_on_hangup = ::isatty(STDIN_FILENO) == 0;
    settings.version = HEARTH_VERSION;
    settings.catalogue = model::catalogue_folders(os::executable_path(), pool.paths.config);
    settings.origins = wish.origins;
    const std::string origins = environment("OLLAMA_ORIGINS");
    for (const std::string_view origin : split(origins, ','))
        if (!trim(origin).empty()) settings.origins.emplace_back(trim(origin));
    return settings;
}

net::Address at_port(net::Address address, std::uint16_t port) {
    if (auto* tcp = std::get_if<net::TcpAddress>(&address)) tcp->port = std::to_string(port);
    return address;
}

// For `hearth ps` and its like. The server is of use without it, so a failure is a remark.
std::optional<ServerRecord> leave_record(const serve::ServerSettings& settings,
                                         const std::vector<std::uint16_t>& ports) {
    net::Address address = at_port(settings.addresses.front(), ports.front());
    if (auto* tcp = std::get_if<net::TcpAddress>(&address)) {
        if (tcp->host == "0.0.0.0") tcp->host = "127.0.0.1";
        if (tcp->host == "::") tcp->host = "::1";
    }
    auto record = ServerRecord::write(settings.pool.paths.runtime, address);
    if (record) return *std::move(record);
    fmt::print(stderr, "hearth: `hearth ps` will not find this server: {}\n",
               printable(record.error().message()));
    return std::nullopt;
}

Status run(const Wish& wish) {
    const serve::ServerSettings settings = TRY(settings_of(wish));
    std::optional<ServerRecord> record;
    const auto listening = [&](const std::vector<std::uint16_t>& ports) {
        record = leave_record(settings, ports);
        for (std::size_t i = 0; i < ports.size(); ++i) {
            const auto& address = settings.addresses[i];
            fmt::print("hearth {} serves on {}\n", HEARTH_VERSION, address_words(at_port(address, ports[i])));
            const auto* tcp = std::get_if<net::TcpAddress>(&address);
            if (tcp != nullptr && tcp->port != "0" && tcp->port != std::to_string(ports[i]))
                fmt::print("port {} is taken; set OLLAMA_HOST=127.0.0.1:{} for Ollama's clients\n", tcp->port,
                           ports[i]);
        }
        std::fflush(stdout);
    };
    return serve::run_server(settings, listening, os::stop_on_interrupt());
}

}  // namespace

int verb_serve(Arguments arguments) {
    Wish wish;
    Options options("serve", "Serves models to the clients of Ollama, OpenAI and Anthropic on one port.");
    options.option("--listen", wish.listen,
                   "address: HOST:PORT, PORT or unix:PATH (without it 127.0.0.1:11434)");
    options.option("--context", wish.context, "context window of each answer, in tokens (without it 8192)");
    options.option("--parallel", wish.parallel, "answers of one model at once (without it 2)");
    options.option(
        "--batch", wish.batch,
        "tokens of a prompt that are read in one step, from 128: more read long prompts faster, and other "
        "answers stand still longer meanwhile");
    options.option("--cache-type", wish.cache_type,
                   "of the KV cache: f16, q8_0 (half the memory), q4_0 ... (without it f16)");
    options.flag(
        "--no-prompt-files", wish.no_prompt_files,
        "what an unloaded model had read is not kept in files of the cache folder, and long prompts are read "
        "again when it is loaded");
    options.option("--keep-alive", wish.keep_alive,
                   "how long an unused model stays: 5m, 1h, 0, -1 for ever (without it 5m)");
    options.option("--queue", wish.queue,
                   "requests of one client that may wait for a model (without it 512)");
    options.option("--access-log", wish.access_log,
                   "file for a line a request, or none (without it access.log in the state folder)");
    options.option(
        "--ledger", wish.ledger,
        "where it is written down who used what: a file, or postgresql://USER@HOST/DATABASE (without "
        "it HEARTH_LEDGER, else ledger.db in the state folder)");
    options.option("--keep-ledger", wish.keep_ledger,
                   "days after which its rows are removed (without it never)", 1, 100'000);
    options.option("--otlp", wish.otlp,
                   "collector of OpenTelemetry traces, as http://127.0.0.1:4318 (without it "
                   "OTEL_EXPORTER_OTLP_ENDPOINT, else none)");
    options.repeated("--origin", wish.origins, "web site whose pages may ask, as https://desk.example");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = run(wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app

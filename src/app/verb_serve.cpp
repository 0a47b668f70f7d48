#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>

#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
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
    "Ctrl-C or SIGTERM: the answers under way may end (10 s), then it stops.\n\n"
    "Also read: OLLAMA_HOST, OLLAMA_KEEP_ALIVE, OLLAMA_NUM_PARALLEL, OLLAMA_CONTEXT_LENGTH, "
    "OLLAMA_MAX_QUEUE, OLLAMA_ORIGINS.\n"
    "Options go before them.";

struct Wish {
    std::string listen;
    std::string keep_alive;
    std::optional<std::int64_t> context;
    std::optional<std::int64_t> parallel;
    std::optional<std::int64_t> queue;
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

// "127.0.0.1:8080", ":8080", "8080", "desk", "http://127.0.0.1:11434", "unix:/run/hearth.sock".
Result<net::Address> parse_listen(std::string_view text) {
    if (text.starts_with("unix:")) return net::UnixAddress{std::string(text.substr(5))};
    for (const std::string_view scheme : {"http://", "tcp://"})
        if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    while (text.ends_with("/"))
        text.remove_suffix(1);
    std::string host(text);
    std::string port = "11434";
    const auto colon = text.rfind(':');
    if (colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos) {
        host = std::string(text.substr(0, colon));
        port = std::string(text.substr(colon + 1));
    } else if (parse_number(text)) {
        host.clear();
        port = std::string(text);
    }
    if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
    const auto number = parse_number(port);
    if (!number || *number > 65'535)
        return Error(Code::kInvalidInput, fmt::format("'{}' is no port", printable(port)));
    return net::TcpAddress{.host = host.empty() ? "127.0.0.1" : host, .port = port};
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

Result<serve::ServerSettings> settings_of(const Wish& wish) {
    serve::ServerSettings settings;
    std::string place = wish.listen;
    if (place.empty()) place = environment("OLLAMA_HOST");
    // An address that was asked for is taken or refused; only the usual one may move on to the next free port.
    settings.next_port_when_taken = place.empty();
    if (place.empty()) place = "127.0.0.1:11434";
    const net::Address address = TRY(parse_listen(place));
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
    pool.max_queue = static_cast<std::size_t>(TRY(number(wish.queue, "OLLAMA_MAX_QUEUE", 512, 1, 100'000)));
    std::string keep_alive = wish.keep_alive;
    if (keep_alive.empty()) keep_alive = environment("OLLAMA_KEEP_ALIVE");
    if (!keep_alive.empty()) pool.keep_alive = TRY(serve::parse_keep_alive(keep_alive));
    settings.version = HEARTH_VERSION;
    settings.catalogue = model::catalogue_folders(os::executable_path(), pool.paths.config);
    settings.origins = wish.origins;
    const std::string origins = environment("OLLAMA_ORIGINS");
    for (const std::string_view origin : split(origins, ','))
        if (!trim(origin).empty()) settings.origins.emplace_back(trim(origin));
    return settings;
}

std::string place_words(const net::Address& address, std::uint16_t port) {
    if (const auto* socket = std::get_if<net::UnixAddress>(&address)) return "unix:" + socket->path.string();
    const auto& host = std::get<net::TcpAddress>(address).host;
    return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port)
                                               : fmt::format("http://[{}]:{}", host, port);
}

Status run(const Wish& wish) {
    const serve::ServerSettings settings = TRY(settings_of(wish));
    const auto listening = [&](const std::vector<std::uint16_t>& ports) {
        for (std::size_t i = 0; i < ports.size(); ++i) {
            const auto& address = settings.addresses[i];
            fmt::print("hearth {} serves on {}\n", HEARTH_VERSION, place_words(address, ports[i]));
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
    options.option("--keep-alive", wish.keep_alive,
                   "how long an unused model stays: 5m, 1h, 0, -1 for ever (without it 5m)");
    options.option("--queue", wish.queue,
                   "requests of one client that may wait for a model (without it 512)");
    options.repeated("--origin", wish.origins, "web site whose pages may ask, as https://desk.example");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = run(wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app

#include "app/serve_settings.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

#include "app/guard_files.h"
#include "app/server_address.h"
#include "app/trace_options.h"
#include "core/ids.h"
#include "core/text.h"
#include "model/catalogue.h"
#include "model/ollama_store.h"
#include "serve/ollama_chat.h"

namespace hearth::app {
namespace {

const ConfigValue& chosen(const ServeChoices& choices, std::string_view name) {
    const auto found = choices.find(name);
    HEARTH_ASSERT(found != choices.end());
    return found->second;
}

// By anybody, and not just what is usual.
bool is_chosen(const ServeChoices& choices, std::string_view name) {
    return chosen(choices, name).place != "default";
}

std::string text(const ServeChoices& choices, std::string_view name) {
    const auto& texts = chosen(choices, name).texts;
    return texts.empty() ? std::string() : texts.front();
}

Result<std::int64_t> number(const ServeChoices& choices, std::string_view name, std::int64_t least,
                            std::int64_t most) {
    const auto value = parse_number(text(choices, name));
    if (!value || *value < least || *value > most)
        return Error(Code::kInvalidInput, fmt::format("{}: {} has to be a number from {} to {}",
                                                      chosen(choices, name).place, name, least, most));
    return *value;
}

// Empty stays so.
std::filesystem::path absolute_path(const std::string& text) {
    return text.empty() ? std::filesystem::path() : std::filesystem::absolute(text);
}

Result<bool> has_keys() {
    auto book = TRY(key_book());
    const auto keys = TRY(book.list());
    const auto now = unix_ms_now();
    return std::ranges::any_of(
        keys, [&](const guard::Key& key) { return guard::state_of(key, now) == guard::KeyState::kActive; });
}

Result<capacity::CacheType> cache_type(const ServeChoices& choices) {
    const std::string wish = text(choices, "cache-type");
    if (const auto type = capacity::parse_cache_type(wish)) return *type;
    std::vector<std::string> names;
    for (const auto type : capacity::kCacheTypes)
        names.emplace_back(capacity::cache_type_name(type));
    return Error(Code::kInvalidInput,
                 fmt::format("{}: '{}' is no type of the KV cache; there are {}",
                             chosen(choices, "cache-type").place, printable(wish), join(names, ", ")));
}

Result<std::vector<serve::Listener>> listeners(const ServeChoices& choices) {
    const ConfigValue& listen = chosen(choices, "listen");
    if (listen.texts.empty() || listen.texts.size() > 16)
        return Error(Code::kInvalidInput,
                     fmt::format("{}: listen has to be 1 to 16 addresses", listen.place));
    const bool usually_tls = text(choices, "tls") == "true" || !text(choices, "tls-certificate").empty();
    std::vector<serve::Listener> all;
    for (const std::string& each : listen.texts) {
        const ListenAddress said = TRY(parse_listen_address(each).context(listen.place));
        const bool tcp = std::holds_alternative<net::TcpAddress>(said.address);
        const bool tls = said.scheme == Scheme::kHttps || (said.scheme == Scheme::kUnsaid && usually_tls);
        all.push_back({.address = said.address, .tls = tcp && tls});
        if (!is_loopback(said.address) && !TRY(has_keys()))
            return Error(Code::kPermission, fmt::format("{} can be reached from other machines, which need a "
                                                        "key, and there is none yet: make one with "
                                                        "`hearth key create NAME` first",
                                                        printable(each)));
    }
    return all;
}

// Of those that were named; what 0.0.0.0 stands for is for own_certificate() to find.
std::vector<std::string> hosts_of(const std::vector<serve::Listener>& listeners) {
    std::vector<std::string> hosts;
    for (const serve::Listener& each : listeners) {
        const auto* tcp = std::get_if<net::TcpAddress>(&each.address);
        if (tcp != nullptr && each.tls && tcp->host != "0.0.0.0" && tcp->host != "::")
            hosts.push_back(tcp->host);
    }
    return hosts;
}

using Identity = std::shared_ptr<const net::TlsIdentity>;

// None where no listener wants one.
Result<Identity> identity_of(const ServeChoices& choices, const std::vector<serve::Listener>& listeners,
                             const os::Paths& paths) {
    if (std::ranges::none_of(listeners, &serve::Listener::tls)) return Identity();
    const CertificateFiles files = certificate_files(choices, paths);
    const ConfigValue& certificate = chosen(choices, "tls-certificate");
    const ConfigValue& key = chosen(choices, "tls-key");
    if (certificate.texts.empty() != key.texts.empty())
        return Error(
            Code::kInvalidInput,
            fmt::format("{}: a certificate and its key belong together: give tls-certificate and tls-key",
                        certificate.texts.empty() ? key.place : certificate.place));
    if (certificate.texts.empty()) TRY(own_certificate(files, hosts_of(listeners)));
    return net::TlsIdentity::load(files.certificate, files.key);
}

}  // namespace

CertificateFiles certificate_files(const ServeChoices& choices, const os::Paths& paths) {
    const std::string certificate = text(choices, "tls-certificate");
    if (certificate.empty()) return own_certificate_files(paths.data);
    return {.certificate = absolute_path(certificate), .key = absolute_path(text(choices, "tls-key"))};
}

Result<serve::LiveSettings> live_settings(const ServeChoices& choices,
                                          const std::vector<serve::Listener>& listeners,
                                          const os::Paths& paths) {
    serve::LiveSettings live;
    live.keep_alive = TRY(
        serve::parse_keep_alive(text(choices, "keep-alive")).context(chosen(choices, "keep-alive").place));
    live.max_queue = static_cast<std::size_t>(TRY(number(choices, "queue", 1, 100'000)));
    live.origins = chosen(choices, "origins").texts;
    if (const std::string log = text(choices, "access-log"); log != "none")
        live.access_log = absolute_path(log);
    live.identity = TRY(identity_of(choices, listeners, paths));
    return live;
}

Result<serve::ServerSettings> server_settings(const ServeChoices& choices, const os::Paths& paths) {
    serve::ServerSettings settings;
    settings.listeners = TRY(listeners(choices));
    const serve::LiveSettings live = TRY(live_settings(choices, settings.listeners, paths));
    settings.identity = live.identity;
    // An address that was asked for is taken or refused; only the usual one may move on to the next free port.
    settings.next_port_when_taken = !is_chosen(choices, "listen");
    auto& pool = settings.pool;
    pool.paths = paths;
    pool.foreign_stores = model::ollama_store_folders();
    pool.serve.context = {TRY(number(choices, "context", 256, 10'000'000))};
    pool.serve.slots = static_cast<int>(TRY(number(choices, "parallel", 1, 64)));
    pool.serve.shared_prompt = false;
    // What nobody chose is left open to what `hearth tune` found.
    const auto batch = TRY(number(choices, "batch", 0, 16'384));
    if (is_chosen(choices, "batch")) pool.serve.batch = static_cast<int>(batch);
    const auto type = TRY(cache_type(choices));
    if (is_chosen(choices, "cache-type")) pool.serve.cache = type;
    pool.serve.keep_prompts = text(choices, "no-prompt-files") != "true";
    pool.keep_alive = live.keep_alive;
    pool.max_queue = live.max_queue;
    settings.origins = live.origins;
    settings.access_log.file = live.access_log;
    settings.ledger = text(choices, "ledger");
    if (!text(choices, "keep-ledger").empty())
        settings.keep_ledger = std::chrono::days(TRY(number(choices, "keep-ledger", 1, 100'000)));
    settings.traces = TRY(trace_options(text(choices, "otlp"), os::environment));
    settings.traces.on_change = [](const std::string& words) {
        fmt::print(stderr, "hearth: {}\n", printable(words));
    };
    // On a terminal a hang-up says that the window is gone, and the server goes with it.
    settings.reload_on_hangup = ::isatty(STDIN_FILENO) == 0;
    settings.version = HEARTH_VERSION;
    settings.catalogue = model::catalogue_folders(os::executable_path(), paths);
    return settings;
}

}  // namespace hearth::app

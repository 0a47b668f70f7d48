#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <optional>
#include <variant>
#include <vector>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/serve_choices.h"
#include "app/serve_settings.h"
#include "app/server_address.h"
#include "app/server_record.h"
#include "app/verbs.h"
#include "core/text.h"
#include "os/interrupt.h"
#include "os/paths.h"
#include "serve/server.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Ollama's clients find it at its usual address. Others:\n"
    "  OpenAI      base URL http://127.0.0.1:11434/v1, any key\n"
    "  Anthropic   base URL http://127.0.0.1:11434, any key\n"
    "Models are loaded when they are asked for and leave after --keep-alive or when memory is short.\n"
    "Other machines: make a key for each user (`hearth key create NAME`), then --listen "
    "http://127.0.0.1:11434 "
    "--listen https://0.0.0.0:11435, or --tls with one address. `hearth usage` shows what was served.\n"
    "Ctrl-C or SIGTERM: the answers under way may end (10 s), then it stops. SIGHUP, when it was not started "
    "on a "
    "terminal: it reads its configuration again and goes on in a new access log; no answer is disturbed.\n"
    "`hearth top` watches it, `hearth ps` and `hearth stop` show and unload models, /metrics is for "
    "Prometheus.\n\n"
    "All of it may stand in the table [serve] of config.toml in the config folder, by the names of the "
    "options:\n"
    "  [serve]\n"
    "  context = 16384\n"
    "  origins = [\"https://desk.example\"]\n"
    "Also read: OLLAMA_HOST, OLLAMA_KEEP_ALIVE, OLLAMA_NUM_PARALLEL, OLLAMA_CONTEXT_LENGTH, "
    "OLLAMA_MAX_QUEUE, OLLAMA_KV_CACHE_TYPE, OLLAMA_ORIGINS, HEARTH_LEDGER, "
    "and OpenTelemetry's OTEL_EXPORTER_OTLP_..., OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.\n"
    "Options go before variables, those before the file. --print-config shows what holds.";

std::string certificate_words(const net::TlsIdentity& identity, const CertificateFiles& files) {
    const auto day = std::chrono::floor<std::chrono::days>(identity.facts().expires);
    const std::chrono::year_month_day until(day);
    return fmt::format("certificate {}, good until {}-{:02}-{:02}, SHA-256 {}", files.certificate.string(),
                       static_cast<int>(until.year()), static_cast<unsigned>(until.month()),
                       static_cast<unsigned>(until.day()), identity.facts().fingerprint);
}

net::Address at_port(net::Address address, std::uint16_t port) {
    if (auto* tcp = std::get_if<net::TcpAddress>(&address)) tcp->port = std::to_string(port);
    return address;
}

// How good it is for programs of this machine: a port without a key, encrypted or not, a socket, then the others.
int rank(const serve::Listener& listener) {
    if (std::holds_alternative<net::UnixAddress>(listener.address)) return 2;
    if (!is_loopback(from_here(listener.address))) return 3;
    return listener.tls ? 1 : 0;
}

// One run of the server, from its choices to its record.
class Run {
public:
    Run(const ServeOptions& options, os::Paths paths) : options_(options), paths_(std::move(paths)) {}

    Status serve() {
        choices_ = TRY(choose_settings(options_.given(), serve_environment(), paths_));
        settings_ = TRY(server_settings(choices_, paths_));
        settings_.read_again = [this] { return read_again(); };
        const auto listening = [this](const std::vector<std::uint16_t>& ports) {
            ports_ = ports;
            leave_record();
            print_addresses();
        };
        return serve::run_server(settings_, listening, os::stop_on_interrupt());
    }

private:
    // For `hearth ps` and its like: the best of the listeners.
    [[nodiscard]] ServerPlace place(const ServeChoices& choices, const net::TlsIdentity* identity) const {
        const auto best = std::ranges::min_element(settings_.listeners, {}, rank);
        const auto index = static_cast<std::size_t>(best - settings_.listeners.begin());
        ServerPlace place{.address = at_port(from_here(best->address), ports_[index]),
                          .tls = best->tls,
                          .key_pin = {},
                          .certificate = {}};
        if (best->tls) {
            place.key_pin = identity->facts().key_pin;
            place.certificate = certificate_files(choices, paths_).certificate.string();
        }
        return place;
    }

    // The server is of use without it, so a failure is a remark.
    void leave_record() {
        auto record = ServerRecord::write(paths_.runtime, place(choices_, settings_.identity.get()));
        if (record)
            record_ = *std::move(record);
        else
            fmt::print(stderr, "hearth: `hearth ps` will not find this server: {}\n",
                       printable(record.error().message()));
    }

    void print_addresses() const {
        for (std::size_t i = 0; i < ports_.size(); ++i) {
            const serve::Listener& each = settings_.listeners[i];
            const ServerPlace at{.address = at_port(each.address, ports_[i]),
                                 .tls = each.tls,
                                 .key_pin = {},
                                 .certificate = {}};
            fmt::print("hearth {} serves on {}\n", HEARTH_VERSION, address_words(at));
            const auto* tcp = std::get_if<net::TcpAddress>(&each.address);
            if (tcp != nullptr && tcp->port != "0" && tcp->port != std::to_string(ports_[i]))
                fmt::print("port {} is taken; set OLLAMA_HOST={}127.0.0.1:{} for Ollama's clients\n",
                           tcp->port, each.tls ? "https://" : "", ports_[i]);
        }
        if (settings_.identity)
            fmt::print("{}\n", certificate_words(*settings_.identity, certificate_files(choices_, paths_)));
        std::fflush(stdout);
    }

    // On another thread, while the server runs and nothing else here does.
    Result<serve::LiveSettings> read_again() {
        const ServeChoices now = TRY(choose_settings(options_.given(), serve_environment(), paths_));
        serve::LiveSettings live = TRY(live_settings(now, settings_.listeners, paths_));
        if (const auto names = needs_restart(choices_, now); !names.empty())
            live.remark = "needs a restart: " + join(names, ", ");
        if (live.identity && record_) TRY(record_->change(place(now, live.identity.get())));
        if (live.identity && live.identity->facts().fingerprint != settings_.identity->facts().fingerprint)
            live.remark += (live.remark.empty() ? "" : "; ") +
                           certificate_words(*live.identity, certificate_files(now, paths_));
        return live;
    }

    const ServeOptions& options_;
    os::Paths paths_;
    ServeChoices choices_;
    serve::ServerSettings settings_;
    std::vector<std::uint16_t> ports_;
    std::optional<ServerRecord> record_;
};

// Refuses what the server would refuse.
Status show_config(const ServeOptions& options, const os::Paths& paths, bool as_json) {
    const ServeChoices choices = TRY(choose_settings(options.given(), serve_environment(), paths));
    const serve::ServerSettings settings = TRY(server_settings(choices, paths));
    if (as_json) {
        fmt::print("{}", choices_json(choices));
        return {};
    }
    fmt::print("{}\nThe file is {}, table [serve]; SIGHUP has a running server read it again.\n",
               choices_table(choices), config_file(paths).string());
    if (settings.identity)
        fmt::print("{}\n", certificate_words(*settings.identity, certificate_files(choices, paths)));
    return {};
}

}  // namespace

int verb_serve(Arguments arguments) {
    bool print_config = false;
    bool as_json = false;
    Options options("serve", "Serves models to the clients of Ollama, OpenAI and Anthropic on one port.");
    ServeOptions wishes(options);
    options.flag("--print-config", print_config, "only show what holds, and who said it");
    options.flag("--json", as_json, "with --print-config: print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const os::Paths paths = os::paths_from_environment();
    const auto status = print_config ? show_config(wishes, paths, as_json) : Run(wishes, paths).serve();
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app

#include "app/code_egress.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "app/config_file.h"
#include "core/ids.h"
#include "core/text.h"
#include "egress/proxy.h"
#include "sandbox/gateway.h"

namespace hearth::app {
namespace {

class ProxyDoor final : public sandbox::Gateway::Door {
public:
    explicit ProxyDoor(std::unique_ptr<egress::Proxy::Door> door) : door_(std::move(door)) {}

    [[nodiscard]] std::vector<std::string> refused() const override {
        std::vector<std::string> notes;
        for (const std::string& each : door_->refused())
            notes.push_back("network: " + each);
        return notes;
    }

private:
    std::unique_ptr<egress::Proxy::Door> door_;
};

class ProxyGateway final : public sandbox::Gateway {
public:
    explicit ProxyGateway(std::unique_ptr<egress::Proxy> proxy) : proxy_(std::move(proxy)) {}

    [[nodiscard]] std::unique_ptr<Door> open(os::Fd listener) override {
        return std::make_unique<ProxyDoor>(proxy_->open_door(std::move(listener)));
    }

    [[nodiscard]] const std::string& certificates() const override { return proxy_->certificate(); }

private:
    std::unique_ptr<egress::Proxy> proxy_;
};

// Where programs look for a proxy, and for certificates where they do not use the system's.
void add_variables(sandbox::Policy& policy) {
    const std::string proxy = fmt::format("http://127.0.0.1:{}", sandbox::kGatewayPort);
    for (const char* name : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "npm_config_proxy",
                             "npm_config_https_proxy"})
        policy.environment.emplace_back(name, proxy);
    for (const char* name : {"no_proxy", "NO_PROXY"})
        policy.environment.emplace_back(name, "localhost,127.0.0.1,::1");
    for (const char* name :
         {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
          "PIP_CERT", "npm_config_cafile", "CARGO_HTTP_CAINFO", "AWS_CA_BUNDLE", "DENO_CERT"})
        policy.environment.emplace_back(name, sandbox::kCertificates);
}

// Those that hearth or the linker of a program go by.
bool is_taken(std::string_view variable) {
    constexpr std::array<std::string_view, 7> kTaken = {"PATH",     "HOME", "LANG", "TMPDIR",
                                                        "BASH_ENV", "ENV",  "IFS"};
    return variable.starts_with("LD_") || std::ranges::find(kTaken, variable) != kTaken.end();
}

// Upper case alone, so that a secret that was written in its place is taken for none.
bool is_variable(std::string_view name) {
    constexpr std::size_t kMostName = 64;
    const bool good = std::ranges::all_of(
        name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
    return good && !name.empty() && name.size() <= kMostName && !(name.front() >= '0' && name.front() <= '9');
}

// Of a secret for which none is named.
std::string usual_variable(std::string_view secret) {
    std::string name(secret);
    std::ranges::transform(name, name.begin(), [](char c) {
        if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
        return c == '.' || c == '-' ? '_' : c;
    });
    return name.front() >= '0' && name.front() <= '9' ? "_" + name : name;
}

Status add_rule(std::string_view text, std::string_view place, CodeNetwork& network) {
    network.rules.push_back(TRY(egress::parse_rule(text).context(place)));
    return {};
}

Status add_secret(std::string_view text, std::string_view place, CodeNetwork& network) {
    SecretVariable made = TRY(parse_secret_variable(text).context(place));
    // The command line comes last and may name another variable.
    std::erase_if(network.secrets, [&](const SecretVariable& each) { return each.secret == made.secret; });
    network.secrets.push_back(std::move(made));
    return {};
}

// Each secret of a rule has a variable, each variable a secret of a rule.
Status match_secrets(CodeNetwork& network) {
    const auto is_named = [&](const SecretVariable& each) {
        return std::ranges::any_of(network.rules, [&](const egress::Rule& rule) {
            return rule.secret && rule.secret->name == each.secret;
        });
    };
    for (const SecretVariable& each : network.secrets)
        if (!is_named(each))
            return Error(
                Code::kInvalidInput,
                fmt::format("no rule has the secret '{0}' go anywhere: --allow-host 'HOST with {0} in "
                            "Authorization: Bearer {{}}' does",
                            each.secret));
    for (const egress::Rule& rule : network.rules) {
        if (!rule.secret) continue;
        const std::string& name = rule.secret->name;
        if (std::ranges::find(network.secrets, name, &SecretVariable::secret) != network.secrets.end())
            continue;
        TRY(add_secret(name, fmt::format("rule '{}'", printable(rule.text)), network));
    }
    std::set<std::string> seen;
    for (const SecretVariable& each : network.secrets)
        if (!seen.insert(each.variable).second)
            return Error(Code::kInvalidInput,
                         fmt::format("two secrets would be in the variable {}: name another "
                                     "with --secret NAME=VARIABLE",
                                     each.variable));
    return {};
}

// Commands get the placeholders, the proxy both.
Result<std::vector<egress::HeldSecret>> hold(const CodeNetwork& network, const guard::SecretStore& store,
                                             sandbox::Policy& policy) {
    constexpr std::size_t kDigits = 32;
    std::vector<egress::HeldSecret> held;
    held.reserve(network.secrets.size());
    for (const SecretVariable& each : network.secrets) {
        const auto& others = policy.environment;
        if (std::ranges::any_of(others, [&](const auto& other) { return other.first == each.variable; }))
            return Error(Code::kInvalidInput,
                         fmt::format("the variable {} of the secret '{}' has another meaning for commands",
                                     each.variable, each.secret));
        const guard::Secret secret = TRY(store.get(each.secret));
        held.push_back({.name = each.secret,
                        .value = secret.reveal(),
                        .placeholder = "hearth-placeholder-" + random_hex(kDigits)});
        policy.environment.emplace_back(each.variable, held.back().placeholder);
    }
    return held;
}

}  // namespace

Result<SecretVariable> parse_secret_variable(std::string_view text) {
    const std::size_t equals = text.find('=');
    SecretVariable made{.secret = std::string(trim(text.substr(0, equals))), .variable = {}};
    TRY(guard::check_secret_name(made.secret));
    made.variable = equals == std::string_view::npos ? usual_variable(made.secret)
                                                     : std::string(trim(text.substr(equals + 1)));
    // Not repeated: it may be the secret itself.
    if (!is_variable(made.variable) || is_taken(made.variable))
        return Error(
            Code::kInvalidInput,
            fmt::format("what is behind the '=' is no variable that the secret '{}' can be in: capital "
                        "letters, digits and '_', as in github=GITHUB_TOKEN, and not PATH and its like",
                        made.secret));
    return made;
}

Result<CodeNetwork> code_network(const os::Paths& paths, const std::vector<std::string>& allowed,
                                 const std::vector<std::string>& secrets) {
    constexpr std::array kKeys = {ConfigKey{.name = "allow", .kind = ConfigKind::kTexts},
                                  ConfigKey{.name = "secrets", .kind = ConfigKind::kTexts}};
    const ConfigTable table = TRY(read_config(paths.config / "config.toml", "egress", kKeys));
    CodeNetwork network;
    if (const auto found = table.find("allow"); found != table.end())
        for (const std::string& text : found->second.texts)
            TRY(add_rule(text, found->second.place, network));
    if (const auto found = table.find("secrets"); found != table.end())
        for (const std::string& text : found->second.texts)
            TRY(add_secret(text, found->second.place, network));
    for (const std::string& text : allowed)
        TRY(add_rule(text, "--allow-host", network));
    for (const std::string& text : secrets)
        TRY(add_secret(text, "--secret", network));
    TRY(match_secrets(network));
    return network;
}

Status open_egress(sandbox::Policy& policy, const CodeNetwork& network, const guard::SecretStore& store,
                   std::shared_ptr<CodeAudit> audit, std::shared_ptr<policy::Gate> gate) {
    if (network.rules.empty()) return {};
    egress::Proxy::Setup setup;
    setup.rules = network.rules;
    setup.observer = std::move(audit);
    if (gate) {
        setup.refuse = [gate = std::move(gate)](const egress::Asked& asked) {
            return gate->refuses_request(asked.place.host, asked.place.port, asked.method);
        };
    }
    add_variables(policy);
    setup.secrets = TRY(hold(network, store, policy));
    auto proxy = TRY(egress::Proxy::start(std::move(setup)).context("the way to the network"));
    policy.gateway = std::make_shared<ProxyGateway>(std::move(proxy));
    return {};
}

}  // namespace hearth::app

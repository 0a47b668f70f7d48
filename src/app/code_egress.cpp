#include "app/code_egress.h"

#include <array>
#include <fmt/format.h>
#include <utility>

#include "app/config_file.h"
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

}  // namespace

Result<std::vector<egress::Rule>> egress_rules(const os::Paths& paths,
                                               const std::vector<std::string>& allowed) {
    constexpr std::array kKeys = {ConfigKey{.name = "allow", .kind = ConfigKind::kTexts}};
    const ConfigTable table = TRY(read_config(paths.config / "config.toml", "egress", kKeys));
    std::vector<egress::Rule> rules;
    if (const auto found = table.find("allow"); found != table.end())
        for (const std::string& text : found->second.texts)
            rules.push_back(TRY(egress::parse_rule(text).context(found->second.place)));
    for (const std::string& text : allowed)
        rules.push_back(TRY(egress::parse_rule(text).context("--allow-host")));
    return rules;
}

Status open_egress(sandbox::Policy& policy, std::vector<egress::Rule> rules,
                   std::shared_ptr<CodeAudit> audit) {
    if (rules.empty()) return {};
    egress::Proxy::Setup setup;
    setup.rules = std::move(rules);
    setup.observer = std::move(audit);
    auto proxy = TRY(egress::Proxy::start(std::move(setup)).context("the way to the network"));
    policy.gateway = std::make_shared<ProxyGateway>(std::move(proxy));
    add_variables(policy);
    return {};
}

}  // namespace hearth::app

#include "app/provider_key.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "app/cloud_accounts.h"
#include "core/text.h"
#include "os/paths.h"
#include "os/process.h"
#include "remote/base_url.h"
#include "remote/models_file.h"

namespace hearth::app {
namespace {

constexpr std::chrono::seconds kCommandTime(60);
constexpr std::size_t kMostValue = 8192;
constexpr std::string_view kSecret = "secret:";

// "MY_API_KEY" is meant as a variable, also where it is not set; "ollama" is not.
bool looks_like_variable(std::string_view text) {
    return is_variable_name(text) && text.contains('_') &&
           std::ranges::none_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

// The variable that a value names, if it does.
std::optional<std::string> variable_of(std::string_view text) {
    if (text.starts_with("${") && text.ends_with('}'))
        text = text.substr(2, text.size() - 3);
    else if (text.starts_with('$'))
        text.remove_prefix(1);
    else if (!looks_like_variable(text) &&
             !(is_variable_name(text) && !os::environment(std::string(text).c_str()).empty()))
        return std::nullopt;
    if (!is_variable_name(text)) return std::nullopt;
    return std::string(text);
}

Result<std::string> printed_by(const std::string& command) {
    os::Command shell;
    shell.argv = {"/bin/sh", "-c", command};
    shell.environment = os::whole_environment();
    auto exit = TRY(os::run(shell, {.timeout = kCommandTime, .max_output = kMostValue}));
    if (!exit.ok())
        return Error(Code::kUnavailable,
                     fmt::format("the command of a key in models.json failed: {}", os::describe(exit)));
    std::string value(trim(exit.out));
    wipe(exit.out);
    if (value.empty())
        return Error(Code::kUnavailable, "the command of a key in models.json printed nothing");
    return value;
}

// The same without running or opening anything; nothing for what needs that.
std::optional<std::string> plain_value(std::string_view text) {
    if (text.starts_with('!') || text.starts_with(kSecret)) return std::nullopt;
    if (const auto variable = variable_of(text)) {
        auto value = os::environment(variable->c_str());
        if (value.empty()) return std::nullopt;
        return value;
    }
    return std::string(text);
}

// Ways of some dialects beside a key.
const char* other_ways(chat::Dialect dialect) {
    switch (dialect) {
        case chat::Dialect::kBedrock:
            return "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or ";
        case chat::Dialect::kVertex: return "GOOGLE_APPLICATION_CREDENTIALS, or ";
        default: return "";
    }
}

Error no_key(const remote::ModelOffer& offer) {
    const auto variable =
        offer.key_variables.empty()
            ? std::string()
            : fmt::format("set {}, or {}", offer.key_variables.front(), other_ways(offer.dialect));
    return {Code::kPermission,
            fmt::format(
                "{0} needs a key: {1}`hearth secret set {0}`, or \"apiKey\" of providers.{0} in models.json",
                printable(offer.provider), variable)};
}

Result<chat::Credentials> find_key(const remote::ModelOffer& offer, const guard::SecretStore& secrets) {
    chat::Credentials found;
    if (offer.key) {
        found.key = TRY(resolved_value(*offer.key, secrets).context(offer.provider));
        found.source = "models.json";
        return found;
    }
    if (guard::check_secret_name(offer.provider)) {
        auto kept = secrets.get(offer.provider);
        if (kept) {
            found.key = kept->reveal();
            found.source = fmt::format("the secret '{}'", offer.provider);
            return found;
        }
        if (kept.error().code() != Code::kNotFound) return kept.error();
    }
    for (const auto& name : offer.key_variables) {
        found.key = os::environment(name.c_str());
        found.source = name;
        if (!found.key.empty()) return found;
    }
    found.source.clear();
    if (offer.dialect == chat::Dialect::kBedrock) {
        if (auto keys = TRY(find_aws_keys())) {
            found.aws = std::move(keys->first);
            found.source = std::move(keys->second);
        }
    } else if (offer.dialect == chat::Dialect::kVertex) {
        if (const auto account = TRY(find_google_account())) found.source = account->second;
    }
    return found;
}

// A value that comes from elsewhere may hold what would end its line and begin another header.
Status check_header(const remote::ModelOffer& offer, std::string_view value) {
    if (remote::is_header_value(value)) return {};
    return Error(Code::kInvalidInput,
                 fmt::format("{}: a key or header is no text on one line that a header can hold",
                             printable(offer.provider)));
}

}  // namespace

Result<std::string> resolved_value(std::string_view text, const guard::SecretStore& secrets) {
    if (text.starts_with('!')) return printed_by(std::string(text.substr(1)));
    if (text.starts_with(kSecret)) return TRY(secrets.get(text.substr(kSecret.size()))).reveal();
    if (const auto variable = variable_of(text)) {
        auto value = os::environment(variable->c_str());
        if (value.empty())
            return Error(Code::kNotFound, fmt::format("models.json names the variable {}, which is not set",
                                                      printable(*variable)));
        return value;
    }
    return std::string(text);
}

Result<chat::Credentials> find_credentials(const remote::ModelOffer& offer,
                                           const guard::SecretStore& secrets) {
    const auto url = TRY(remote::parse_base_url(offer.base_url));
    auto found = TRY(find_key(offer, secrets));
    for (const auto& [name, text] : offer.headers)
        found.headers.emplace_back(name, TRY(resolved_value(text, secrets).context(offer.provider)));
    TRY(check_header(offer, found.key));
    if (found.aws) {
        TRY(check_header(offer, found.aws->id));
        TRY(check_header(offer, found.aws->session));
    }
    for (const auto& [name, value] : found.headers)
        TRY(check_header(offer, value));
    const bool wants_key = !offer.key_variables.empty() && !remote::is_private(url);
    // Of an account there are keys already, or tokens when they are needed.
    const bool proven = !found.key.empty() || !found.source.empty();
    if (!proven && found.headers.empty() && wants_key) return no_key(offer);
    if (proven && !url.tls && !remote::is_private(url)) {
        return Error(Code::kInvalidInput,
                     fmt::format("{}: the key would go over plain HTTP into a network that is not private: "
                                 "write https:// in its baseUrl",
                                 printable(offer.provider)));
    }
    return found;
}

std::string key_source(const remote::ProviderSummary& provider, const guard::SecretStore& secrets) {
    if (provider.key) {
        const auto variable = variable_of(*provider.key);
        const bool unset = variable && os::environment(variable->c_str()).empty();
        return unset ? std::string() : "models.json";
    }
    if (guard::check_secret_name(provider.id) && secrets.get(provider.id))
        return fmt::format("the secret '{}'", provider.id);
    for (const auto& name : provider.key_variables)
        if (!os::environment(name.c_str()).empty()) return name;
    if (provider.dialect == chat::Dialect::kBedrock) {
        if (const auto keys = find_aws_keys(); keys && *keys) return (*keys)->second;
    }
    if (provider.dialect == chat::Dialect::kVertex) {
        if (const auto account = find_google_account(); account && *account) return (*account)->second;
    }
    return {};
}

void add_provider_keys(const remote::ProviderBook& book, KnownSecrets& known) {
    for (const auto& provider : book.providers()) {
        if (provider.key) {
            if (const auto value = plain_value(*provider.key)) known.add(provider.id, *value);
        }
        for (const auto& name : provider.key_variables)
            known.add(name, os::environment(name.c_str()));
        for (const auto& [name, text] : provider.headers) {
            if (const auto value = plain_value(text)) known.add(provider.id + " " + name, *value);
        }
    }
    add_account_secrets(known);
}

}  // namespace hearth::app

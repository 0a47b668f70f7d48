#include "app/cloud_accounts.h"

#include <filesystem>
#include <fmt/format.h>
#include <string_view>

#include "core/text.h"
#include "os/files.h"
#include "os/paths.h"
#include "remote/aws_profile.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

// A file of the person's, or that which the variable names.
fs::path file_of(const char* variable, const char* usual) {
    const auto named = os::environment(variable);
    return named.empty() ? os::home_folder() / usual : fs::path(named);
}

// Empty where there is none.
Result<std::string> text_of(const fs::path& file) {
    auto text = os::read_file(file, kMostBytes);
    if (!text && text.error().code() == Code::kNotFound) return std::string();
    return text;
}

std::string profile_name() {
    const auto named = os::environment("AWS_PROFILE");
    return named.empty() ? "default" : named;
}

Result<remote::AwsProfile> aws_profile() {
    auto credentials = TRY(text_of(file_of("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")));
    const auto config = TRY(text_of(file_of("AWS_CONFIG_FILE", ".aws/config")));
    auto profile = remote::read_aws_profile(credentials, config, profile_name());
    wipe(credentials);
    return profile;
}

std::optional<net::AwsKeys> keys_of_environment() {
    net::AwsKeys keys{.id = os::environment("AWS_ACCESS_KEY_ID"),
                      .secret = os::environment("AWS_SECRET_ACCESS_KEY"),
                      .session = os::environment("AWS_SESSION_TOKEN")};
    if (keys.id.empty() || keys.secret.empty()) return std::nullopt;
    return keys;
}

}  // namespace

std::string cloud_variable(const char* name) {
    auto value = os::environment(name);
    if (!value.empty()) return value;
    if (std::string_view(name) == "AWS_REGION") {
        value = os::environment("AWS_DEFAULT_REGION");
        if (!value.empty()) return value;
        // What is wrong with the file is told to whoever needs its keys.
        const auto profile = aws_profile();
        return profile ? profile->region : std::string();
    }
    if (std::string_view(name) == "GOOGLE_CLOUD_PROJECT") {
        value = os::environment("GCLOUD_PROJECT");
        if (!value.empty()) return value;
        const auto account = find_google_account();
        return account && *account ? (*account)->first.project : std::string();
    }
    return value;
}

Result<std::optional<FoundAwsKeys>> find_aws_keys() {
    const bool named = !os::environment("AWS_PROFILE").empty();
    if (auto keys = keys_of_environment(); keys && !named)
        return std::optional(FoundAwsKeys(*std::move(keys), "AWS_ACCESS_KEY_ID"));
    auto profile = TRY(aws_profile());
    const auto name = profile_name();
    if (profile.keys)
        return std::optional(FoundAwsKeys(*std::move(profile.keys), fmt::format("the profile '{}'", name)));
    if (profile.otherwise) {
        return Error(
            Code::kPermission,
            fmt::format("the profile '{0}' of Amazon's has no keys of its own: make some with `eval "
                        "\"$(aws configure export-credentials --profile {0} --format env)\"` and leave "
                        "AWS_PROFILE unset",
                        printable(name)));
    }
    if (named)
        return Error(Code::kPermission,
                     fmt::format("AWS_PROFILE names the profile '{}', which has no keys in "
                                 "~/.aws/credentials",
                                 printable(name)));
    return std::optional<FoundAwsKeys>();
}

Result<std::optional<FoundGoogleAccount>> find_google_account() {
    const bool named = !os::environment("GOOGLE_APPLICATION_CREDENTIALS").empty();
    auto file =
        file_of("GOOGLE_APPLICATION_CREDENTIALS", ".config/gcloud/application_default_credentials.json");
    auto text = os::read_file(file, kMostBytes);
    if (!text) {
        if (!named && text.error().code() == Code::kNotFound) return std::optional<FoundGoogleAccount>();
        return text.error();
    }
    auto account = remote::parse_google_account(*text);
    wipe(*text);
    if (!account) return account.error().with_context(file.string());
    return std::optional(FoundGoogleAccount(
        *std::move(account), named ? std::string("GOOGLE_APPLICATION_CREDENTIALS") : file.string()));
}

void add_account_secrets(KnownSecrets& known) {
    for (const char* name : {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
        known.add(name, os::environment(name));
    if (const auto profile = aws_profile(); profile && profile->keys) {
        known.add("AWS secret access key", profile->keys->secret);
        known.add("AWS session token", profile->keys->session);
    }
    if (const auto found = find_google_account(); found && *found) {
        const auto& account = (*found)->first;
        known.add("Google private key", account.private_key);
        known.add("Google client secret", account.client_secret);
        known.add("Google refresh token", account.refresh_token);
    }
}

}  // namespace hearth::app

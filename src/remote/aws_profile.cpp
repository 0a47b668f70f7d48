#include "remote/aws_profile.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "core/text.h"

namespace hearth::remote {
namespace {

constexpr std::size_t kMostRegion = 40;
constexpr std::string_view kHost = "bedrock-runtime.";

using Settings = std::map<std::string, std::string, std::less<>>;

// The settings of one section. Later ones count, also where the section is there again.
Settings section(std::string_view text, std::string_view name, std::string_view prefix) {
    Settings out;
    bool inside = false;
    for (const auto line : split_lines(text)) {
        const auto words = trim(line);
        if (words.empty() || words.front() == '#' || words.front() == ';') continue;
        if (words.front() == '[') {
            auto title = trim(words.substr(1, words.find(']') - 1));
            inside = title == name && (prefix.empty() || name == "default");
            if (!prefix.empty() && title.starts_with(prefix)) {
                title.remove_prefix(prefix.size());
                inside = trim(title) == name;
            }
            continue;
        }
        // An indented line belongs to the setting before it.
        const auto equals = words.find('=');
        if (!inside || line.front() == ' ' || line.front() == '\t' || equals == std::string_view::npos)
            continue;
        out.insert_or_assign(to_lower_ascii(trim(words.substr(0, equals))),
                             std::string(trim(words.substr(equals + 1))));
    }
    return out;
}

std::string setting(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
}

std::optional<net::AwsKeys> keys_in(const Settings& settings) {
    net::AwsKeys keys{.id = setting(settings, "aws_access_key_id"),
                      .secret = setting(settings, "aws_secret_access_key"),
                      .session = setting(settings, "aws_session_token")};
    if (keys.id.empty() || keys.secret.empty()) return std::nullopt;
    return keys;
}

}  // namespace

AwsProfile read_aws_profile(std::string_view credentials, std::string_view config, std::string_view name) {
    const auto first = section(credentials, name, "");
    const auto second = section(config, name, "profile ");
    AwsProfile out;
    out.keys = keys_in(first);
    if (!out.keys) out.keys = keys_in(second);
    out.region = setting(second, "region");
    if (out.region.empty()) out.region = setting(first, "region");
    for (const auto* settings : {&first, &second})
        for (const auto* key :
             {"sso_session", "sso_start_url", "role_arn", "credential_process", "login_session"})
            out.otherwise = out.otherwise || settings->contains(key);
    return out;
}

bool is_region(std::string_view text) {
    return !text.empty() && text.size() <= kMostRegion && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::string region_of_arn(std::string_view model) {
    if (!model.starts_with("arn:")) return {};
    const auto parts = split(model, ':');
    return parts.size() > 4 && parts[2] == "bedrock" && is_region(parts[3]) ? std::string(parts[3])
                                                                            : std::string();
}

std::string region_of_host(std::string_view host) {
    if (!host.starts_with(kHost) || !host.contains(".amazonaws.com")) return {};
    host.remove_prefix(kHost.size());
    const auto region = host.substr(0, host.find('.'));
    return is_region(region) ? std::string(region) : std::string();
}

std::string bedrock_url(std::string_view region) {
    return fmt::format("https://{}{}.amazonaws.com{}", kHost, region, region.starts_with("cn-") ? ".cn" : "");
}

}  // namespace hearth::remote

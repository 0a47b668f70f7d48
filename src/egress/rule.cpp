#include "egress/rule.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "core/text.h"
#include "egress/address_kind.h"

namespace hearth::egress {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
constexpr std::string_view kBelow = "*.";
constexpr std::string_view kWith = " with ";

bool names_host(const Rule& rule, const Place& place) {
    if (!rule.below) return place.host == rule.place.host && place.is_address == rule.place.is_address;
    return !place.is_address && place.host.ends_with("." + rule.place.host);
}

bool covers_path(const Rule& rule, std::string_view path) {
    if (rule.path == "/") return true;
    const std::string_view plain = path.substr(0, path.find('?'));
    if (!is_plain_path(plain) || !plain.starts_with(rule.path)) return false;
    return rule.path.ends_with('/') || plain.size() == rule.path.size() || plain[rule.path.size()] == '/';
}

std::string allowing(std::string_view what) {
    return fmt::format(
        "The person who started hearth can allow it with --allow-host '{}' or in [egress] of config.toml; it "
        "cannot be allowed from here",
        what);
}

// How far the rules go along with a request; the words are about the one that goes furthest.
struct Nearest {
    bool host = false;
    bool port = false;
    bool method = false;
};

std::string url_of(bool tls, const Place& place) {
    const std::uint16_t usual = tls ? 443 : 80;
    return fmt::format("{}://{}", tls ? "https" : "http", describe(place, usual));
}

std::string why_not(const Nearest& near, const Asked& asked) {
    const std::string url = url_of(asked.tls, asked.place);
    if (!near.host) return fmt::format("no rule allows the host {}. {}", asked.place.host, allowing(url));
    if (!near.port)
        return fmt::format("rules for {} allow another port or scheme, not {}. {}", asked.place.host, url,
                           allowing(url));
    if (!near.method)
        return fmt::format("rules for {} do not allow {}. {}", url, asked.method,
                           allowing(asked.method + " " + url));
    return fmt::format("rules for {} do not allow this path. {}", url, allowing(url + "/..."));
}

// One host that is known by its certificate, or one of the user's own network.
Status check_secret_goes_to(const Rule& rule) {
    if (rule.below)
        return Error(Code::kInvalidInput,
                     fmt::format("rule '{}': a secret goes to one host: name it", printable(rule.text)));
    const bool near = rule.place.is_address && !special_address(rule.place.host).empty();
    if (!rule.tls && !near)
        return Error(
            Code::kInvalidInput,
            fmt::format("rule '{}' would send a secret in clear, where others can read it: use https",
                        printable(rule.text)));
    return {};
}

}  // namespace

Status check_method(std::string_view method) {
    if (std::ranges::find(kMethods, method) != kMethods.end()) return {};
    return Error(Code::kInvalidInput, fmt::format("'{}' is no method for a rule: those are {}",
                                                  printable(method), fmt::join(kMethods, ", ")));
}

Result<Rule> parse_rule(std::string_view text) {
    Rule rule;
    rule.text = std::string(trim(text));
    rule.methods = {"GET", "HEAD"};
    std::string_view rest = rule.text;
    if (const std::size_t with = rest.find(kWith); with != std::string_view::npos) {
        rule.secret = TRY(parse_secret_use(rest.substr(with + kWith.size())));
        rest = trim(rest.substr(0, with));
    }
    if (const std::size_t blank = rest.find(' '); blank != std::string_view::npos) {
        rule.methods.clear();
        for (const std::string_view method : split(rest.substr(0, blank), ',')) {
            TRY(check_method(method));
            rule.methods.emplace_back(method);
        }
        rest = trim(rest.substr(blank));
    }
    std::string url(rest);
    if (!rest.contains("://")) url.insert(0, "https://");
    const std::size_t host = url.find("://") + 3;
    rule.below = url.substr(host).starts_with(kBelow);
    if (rule.below) url.erase(host, kBelow.size());
    const Url parsed = TRY(parse_url(url).context(fmt::format("rule '{}'", printable(rule.text))));
    rule.tls = parsed.tls;
    rule.place = parsed.place;
    rule.path = parsed.path;
    const bool dotted = rule.place.host.contains('.');
    if (rule.below && (rule.place.is_address || !dotted))
        return Error(Code::kInvalidInput,
                     fmt::format("rule '{}' allows too much: write *.NAME.TOP", printable(rule.text)));
    if (rule.path.contains('?') || (rule.path != "/" && !is_plain_path(rule.path)))
        return Error(
            Code::kInvalidInput,
            fmt::format("rule '{}': a path has no query, no '..' and nothing encoded", printable(rule.text)));
    if (rule.secret) TRY(check_secret_goes_to(rule));
    return rule;
}

bool is_about(const Rule& rule, bool tls, const Place& place) {
    return rule.tls == tls && rule.place.port == place.port && names_host(rule, place);
}

std::vector<std::size_t> allowing(std::span<const Rule> rules, const Asked& asked) {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (judge(rules.subspan(i, 1), asked).rule) all.push_back(i);
    return all;
}

Verdict judge(std::span<const Rule> rules, const Asked& asked) {
    Nearest near;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Rule& rule = rules[i];
        if (!names_host(rule, asked.place)) continue;
        near.host = true;
        if (rule.place.port != asked.place.port || rule.tls != asked.tls) continue;
        near.port = true;
        if (std::ranges::find(rule.methods, asked.method) == rule.methods.end()) continue;
        near.method = true;
        if (covers_path(rule, asked.path)) return {.rule = i, .why = {}};
    }
    return {.rule = std::nullopt, .why = why_not(near, asked)};
}

Verdict judge_tunnel(std::span<const Rule> rules, const Place& place) {
    Nearest near;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (!names_host(rules[i], place)) continue;
        near.host = true;
        if (rules[i].place.port == place.port && rules[i].tls) return {.rule = i, .why = {}};
    }
    return {.rule = std::nullopt,
            .why = why_not(near, {.tls = true, .place = place, .method = "CONNECT", .path = "/"})};
}

}  // namespace hearth::egress

#include "app/trace_options.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

#include "core/text.h"

namespace hearth::app {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Setting {
    std::string name;  // of the variable
    std::string value;
};

Setting setting_of(const Environment& environment, const std::string& what) {
    for (const std::string& name : {"OTEL_EXPORTER_OTLP_TRACES_" + what, "OTEL_EXPORTER_OTLP_" + what})
        if (std::string value = environment(name.c_str()); !trim(value).empty())
            return {name, std::string(trim(value))};
    return {};
}

// Source: RFC 3986, 2.1. Nothing for a '%' without its two digits.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const auto digit = [&](std::size_t at) -> int {
            const char c = at < text.size() ? text[at] : ' ';
            if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return -1;
            return std::isdigit(static_cast<unsigned char>(c)) != 0 ? c - '0' : (c | 0x20) - 'a' + 10;
        };
        const int high = digit(i + 1);
        const int low = digit(i + 2);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

bool is_header_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    });
}

bool is_header_value(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// "a=1,b=two%20words". The values may be secrets, so an error does not show them.
Result<Pairs> pairs_of(const std::string& variable, const std::string& text) {
    Pairs pairs;
    for (const std::string_view part : split(text, ',')) {
        if (trim(part).empty()) continue;
        const auto equals = part.find('=');
        const std::string_view name = trim(part.substr(0, equals));
        const auto value =
            equals == std::string_view::npos ? std::nullopt : percent_decoded(trim(part.substr(equals + 1)));
        if (!is_header_name(name) || !value || !is_header_value(*value))
            return Error(
                Code::kInvalidInput,
                fmt::format("{} must be NAME=VALUE pairs with commas between them, and %XX for what is "
                            "special in a value; pair {} is not",
                            variable, pairs.size() + 1));
        pairs.emplace_back(name, *value);
    }
    return pairs;
}

Result<std::string> url_of(const std::string& where, std::string url, bool base) {
    const std::string scheme = to_lower_ascii(url.substr(0, 8));
    if (!scheme.starts_with("http://") && scheme != "https://")
        return Error(
            Code::kInvalidInput,
            fmt::format("{} must be the address of a collector such as http://127.0.0.1:4318, not '{}'",
                        where, printable(url)));
    if (!base) return url;
    while (url.ends_with('/'))
        url.pop_back();
    return url + "/v1/traces";
}

Result<std::string> endpoint(const std::string& option, const Environment& environment) {
    if (!option.empty()) return url_of("--otlp", option, true);
    if (to_lower_ascii(environment("OTEL_SDK_DISABLED")) == "true") return std::string();
    const std::string exporter = environment("OTEL_TRACES_EXPORTER");
    if (!exporter.empty() && exporter != "otlp") return std::string();
    const Setting set = setting_of(environment, "ENDPOINT");
    if (set.value.empty()) return std::string();
    return url_of(set.name, set.value, !set.name.ends_with("TRACES_ENDPOINT"));
}

Result<serve::TraceResource> resource_of(const Environment& environment) {
    auto attributes = TRY(pairs_of("OTEL_RESOURCE_ATTRIBUTES", environment("OTEL_RESOURCE_ATTRIBUTES")));
    std::string service = environment("OTEL_SERVICE_NAME");
    const auto is_name = [](const auto& pair) { return pair.first == "service.name"; };
    if (const auto found = std::ranges::find_if(attributes, is_name);
        service.empty() && found != attributes.end())
        service = found->second;
    std::erase_if(attributes, is_name);
    attributes.emplace_back("service.name", service.empty() ? "hearth" : service);
    attributes.emplace_back("service.version", HEARTH_VERSION);
    return attributes;
}

}  // namespace

Result<serve::TraceOptions> trace_options(const std::string& option, const Environment& environment) {
    serve::TraceOptions options;
    options.url = TRY(endpoint(option, environment));
    if (options.url.empty()) return options;
    const Setting protocol = setting_of(environment, "PROTOCOL");
    if (protocol.value == "grpc" && option.empty())
        return Error(
            Code::kUnsupported,
            protocol.name +
                " is grpc; hearth sends traces over HTTP: set it to http/json and the endpoint to the "
                "collector's port for HTTP, which is usually 4318");
    const Setting headers = setting_of(environment, "HEADERS");
    options.headers = TRY(pairs_of(headers.name, headers.value));
    if (const Setting timeout = setting_of(environment, "TIMEOUT"); !timeout.value.empty()) {
        const auto milliseconds = parse_number(timeout.value);
        if (!milliseconds || *milliseconds < 1 || *milliseconds > 3'600'000)
            return Error(Code::kInvalidInput,
                         timeout.name + " must be a number of milliseconds from 1 to 3600000");
        options.timeout = std::chrono::milliseconds(*milliseconds);
    }
    options.resource = TRY(resource_of(environment));
    options.version = HEARTH_VERSION;
    return options;
}

}  // namespace hearth::app

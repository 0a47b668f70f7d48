#include "remote/failure.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "chat/cloud_error.h"
#include "chat/openai_error.h"
#include "core/json.h"
#include "core/known_secrets.h"
#include "core/text.h"

namespace hearth::remote {
namespace {

// A server that repeats what it was sent must not bring the secret into an error.
std::string without_secret(const Access& access, std::string words) {
    if (access.secret == nullptr) return words;
    KnownSecrets known;
    if (known.add(access.secret_name, access.secret->reveal())) return known.without(words).text;
    return replace_all(words, access.secret->reveal(), "***");
}

// What it says for itself, empty when that is nothing for a person.
std::string own_words(const Access& access, const net::HttpResponse& answer) {
    const Result<json::value> value = parse_json(answer.body);
    if (!value) return {};
    const json::value* error = member(*value, "error");
    std::string text;
    if (error != nullptr && error->is_string()) text = error->get_string();
    if (error != nullptr && text.empty()) text = string_member(*error, "message").value_or("");
    if (text.empty()) text = string_member(*value, "message").value_or("");
    if (text.empty()) text = string_member(*value, "detail").value_or("");
    constexpr std::size_t kMost = 1000;
    text = without_secret(access, std::move(text));
    text = printable(to_valid_utf8(trim(text).substr(0, kMost)));
    return text.empty() ? text : ": " + text;
}

std::string secret_words(const Access& access) {
    if (access.secret_name.empty())
        return "it wants a secret and has none (`hearth secret set NAME`, then `hearth remote add … --secret "
               "NAME`)";
    return fmt::format("it does not accept the secret '{}' (`hearth secret set {}`)", access.secret_name,
                       access.secret_name);
}

}  // namespace

Failure failure_of(const Access& access, std::string_view route, const net::HttpResponse& answer) {
    const std::string words = own_words(access, answer);
    const std::string remote = fmt::format("remote '{}'", access.name);
    Failure failure{.error = Error(Code::kUnavailable, {}), .of_request = false, .retry_after = {}};
    for (const auto& [name, value] : answer.headers)
        if (name == "retry-after") failure.retry_after = chat::parse_retry_after(value);
    switch (answer.status) {
        case 401:
        case 403:
            failure.error =
                Error(Code::kUnavailable,
                      fmt::format("{}: {} (HTTP {}){}", remote, secret_words(access), answer.status, words));
            return failure;
        case 404:
        case 405:
        case 501:
            if (words.empty())
                failure.error =
                    Error(Code::kUnsupported, fmt::format("{} cannot do this: it has no {}", remote, route));
            else
                failure.error =
                    Error(Code::kNotFound, fmt::format("{} has no such model or route{}", remote, words));
            return failure;
        case 429:
            failure.error =
                Error(Code::kExhausted, fmt::format("{} takes no more requests for now{}", remote, words));
            return failure;
        default: break;
    }
    const bool of_server = answer.status >= 500 || answer.status < 400 || answer.status == 408 ||
                           answer.status == 409;  // 409: a ring of hearths
    if (of_server) {
        failure.error =
            Error(Code::kUnavailable, fmt::format("{} failed (HTTP {}){}", remote, answer.status, words));
        return failure;
    }
    const Error said = chat::openai_error_body(answer.body, answer.status);
    failure.error = Error(said.code(), without_secret(access, said.message())).with_context(remote);
    failure.of_request = true;
    return failure;
}

Failure failure_of(const Access& access, const Error& error) {
    const Code code = error.code() == Code::kTimeout ? Code::kTimeout : Code::kUnavailable;
    const std::string remote = fmt::format("remote '{}'", access.name);
    Error named(code, without_secret(access, error.message()));
    if (!named.message().starts_with(remote)) named = named.with_context(remote);
    return {.error = std::move(named), .of_request = false, .retry_after = {}};
}

}  // namespace hearth::remote

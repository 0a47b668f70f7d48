#include "guard/quota.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::guard {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// Nobody knows when a running request ends; clients ask again soon.
constexpr std::chrono::seconds kParallelRetry{1};

std::chrono::seconds until_tomorrow(std::int64_t now_ms) {
    const std::int64_t left_ms = day_start(now_ms) + kDayMs - now_ms;
    return std::chrono::seconds((left_ms + 999) / 1000);
}

// "at 00:00 UTC, in 3 h 12 m".
std::string free_again(std::chrono::seconds wait) {
    const auto minutes = (wait.count() + 59) / 60;
    return fmt::format("at 00:00 UTC, in {} h {:02} m", minutes / 60, minutes % 60);
}

std::optional<Refusal> check_scope(const KeyTerms& terms, const Ask& ask) {
    if (!allows_route(terms, ask.route))
        return Refusal{Limit::kRoute,
                       Error(Code::kPermission, fmt::format("the key '{}' is not good for '{}'", terms.name,
                                                            route_name(ask.route))),
                       std::nullopt};
    if (!ask.model.empty() && !allows_model(terms, ask.model))
        return Refusal{
            Limit::kModel,
            Error(Code::kPermission, fmt::format("the key '{}' is not good for the model '{}'; it is for {}",
                                                 terms.name, printable(ask.model), join(terms.models, ", "))),
            std::nullopt};
    return std::nullopt;
}

std::optional<Refusal> check_tokens(const KeyTerms& terms, const Used& today, const Running& running,
                                    const Ask& ask, std::int64_t now_ms) {
    if (!terms.tokens_per_day) return std::nullopt;
    const std::int64_t most = terms.tokens_per_day->value;
    if (ask.predicted.value > most)
        return Refusal{
            Limit::kTokens,
            Error(Code::kTooLarge,
                  fmt::format("this request may take {} tokens, and the key '{}' has {} a day: shorten the "
                              "prompt or limit what is generated",
                              ask.predicted.value, terms.name, most)),
            std::nullopt};
    const std::int64_t left = most - today.tokens.value - running.predicted.value;
    if (left > 0 && ask.predicted.value <= left) return std::nullopt;
    const auto wait = until_tomorrow(now_ms);
    const auto busy = running.predicted.value > 0
                          ? fmt::format(", requests that run now may take {}", running.predicted.value)
                          : std::string();
    return Refusal{
        Limit::kTokens,
        Error(Code::kExhausted,
              fmt::format("the key '{}' has used {} of its {} tokens today{}, and this request may take {}; "
                          "they are free again {}",
                          terms.name, today.tokens.value, most, busy, ask.predicted.value, free_again(wait))),
        wait};
}

std::optional<Refusal> check_compute(const KeyTerms& terms, const Used& today, std::int64_t now_ms) {
    if (!terms.compute_seconds_per_day) return std::nullopt;
    const std::int64_t most = *terms.compute_seconds_per_day;
    if (today.compute_seconds < static_cast<double>(most)) return std::nullopt;
    const auto wait = until_tomorrow(now_ms);
    return Refusal{
        Limit::kCompute,
        Error(Code::kExhausted,
              fmt::format(
                  "the key '{}' has used {:.0f} of its {} compute seconds today; they are free again {}",
                  terms.name, today.compute_seconds, most, free_again(wait))),
        wait};
}

std::optional<Refusal> check_parallel(const KeyTerms& terms, const Running& running) {
    if (!terms.parallel || running.requests < *terms.parallel) return std::nullopt;
    return Refusal{Limit::kParallel,
                   Error(Code::kExhausted,
                         fmt::format("the key '{}' has {} of its {} parallel requests running; try again "
                                     "when one has ended",
                                     terms.name, running.requests, *terms.parallel)),
                   kParallelRetry};
}

}  // namespace

std::optional<Refusal> check_quota(const KeyTerms& terms, const Used& today, const Running& running,
                                   const Ask& ask, std::int64_t now_ms) {
    if (auto refusal = check_scope(terms, ask)) return refusal;
    if (!uses_engine(ask.route)) return std::nullopt;
    if (auto refusal = check_tokens(terms, today, running, ask, now_ms)) return refusal;
    if (auto refusal = check_compute(terms, today, now_ms)) return refusal;
    return check_parallel(terms, running);
}

std::int64_t day_start(std::int64_t now_ms) { return now_ms - now_ms % kDayMs; }

}  // namespace hearth::guard

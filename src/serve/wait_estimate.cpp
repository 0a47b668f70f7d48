#include "serve/wait_estimate.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace hearth::serve {
namespace {

constexpr double kKept = 0.85;

// Nobody believes 73 s, and a number that changes at each look is no news.
std::int64_t rounded(double seconds) {
    const double step = seconds < 10 ? 1 : (seconds < 120 ? 5 : 60);
    return std::max<std::int64_t>(1, std::llround(std::ceil(seconds / step) * step));
}

std::string duration_words(double seconds) {
    const std::int64_t whole = rounded(seconds);
    return whole < 120 ? fmt::format("{} s", whole) : fmt::format("{} min", whole / 60);
}

std::string ordinal(std::size_t number) {
    const bool teen = number % 100 >= 11 && number % 100 <= 13;
    if (number % 10 == 1 && !teen) return fmt::format("{}st", number);
    if (number % 10 == 2 && !teen) return fmt::format("{}nd", number);
    if (number % 10 == 3 && !teen) return fmt::format("{}rd", number);
    return fmt::format("{}th", number);
}

}  // namespace

void Pace::add(double predicted_tokens, double seconds) {
    tokens_ = kKept * tokens_ + std::max(predicted_tokens, 1.0);
    seconds_ = kKept * seconds_ + std::max(seconds, 0.0);
}

std::optional<double> Pace::seconds_for(double predicted_tokens) const {
    if (tokens_ <= 0) return std::nullopt;
    return std::max(predicted_tokens, 1.0) * seconds_ / tokens_;
}

double seconds_until_seat(std::vector<double> left, int seats, const std::vector<double>& ahead) {
    left.resize(std::max<std::size_t>({left.size(), static_cast<std::size_t>(std::max(seats, 1))}), 0.0);
    for (const double work : ahead)
        *std::ranges::min_element(left) += std::max(work, 0.0);
    return std::max(0.0, *std::ranges::min_element(left));
}

std::string place_words(const QueuePlace& place) {
    std::string words = place.position == 0 ? std::string("the model is loading")
                                            : fmt::format("waiting, {} in line", ordinal(place.position));
    if (place.seconds) words += ", about " + duration_words(*place.seconds);
    return words;
}

std::string place_header(const QueuePlace& place) {
    std::string header = fmt::format("position={}", place.position);
    if (place.seconds) header += fmt::format(", seconds={}", rounded(*place.seconds));
    return header;
}

}  // namespace hearth::serve

#include "probe/window_probe.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>
#include <random>
#include <utility>

#include "core/text.h"

namespace hearth::probe {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kShortest = 1024;
constexpr std::int64_t kRoom = 256;  // for the question, the answer and the template
constexpr Tokens kAnswer{24};
constexpr std::array kDepths = {0.1, 0.5, 0.9};
constexpr double kSlowerWithLength = 1.3;  // the second half of a text is read more slowly than the first
constexpr double kMean = 100;              // lines that are counted to learn how long one is

constexpr std::array<std::string_view, 16> kThings = {
    "lamp",   "chair",  "ladder", "kettle", "basket", "window", "clock",  "shelf",
    "bucket", "mirror", "candle", "carpet", "drawer", "hammer", "pillow", "spoon"};
constexpr std::array<std::string_view, 12> kColours = {"green",  "white",  "brown",  "grey",
                                                       "yellow", "red",    "blue",   "black",
                                                       "pink",   "purple", "orange", "silver"};
constexpr std::array<std::string_view, 12> kPlaces = {
    "by the door",     "in the hall",   "under the stairs", "near the stove", "on the table", "in the cellar",
    "at the far wall", "in the garden", "next to the bed",  "in the attic",   "by the fence", "on the porch"};
constexpr std::array<std::string_view, 24> kSubjects = {
    "heron",  "badger", "otter",  "falcon", "beaver", "lynx",   "magpie", "weasel",
    "salmon", "hornet", "pigeon", "marmot", "walrus", "gecko",  "raven",  "bison",
    "cobra",  "donkey", "ferret", "goose",  "hyena",  "jackal", "koala",  "lobster"};

std::string dull_line(std::size_t number) {
    // Steps without a common divisor with the sizes, so that lines repeat late.
    return fmt::format("Note {:04}: the {} {} stands {} today.", number + 1,
                       kColours[number * 5 % kColours.size()], kThings[number * 7 % kThings.size()],
                       kPlaces[(number / 3) % kPlaces.size()]);
}

std::string needle_line(const Needle& needle) {
    return fmt::format("The secret code of the {} is {}.", needle.subject, needle.code);
}

std::string text_of(const Haystack& hay, std::size_t lines) {
    std::string text;
    for (std::size_t i = 0; i < std::min(lines, hay.lines.size()); ++i)
        text += hay.lines[i] + "\n";
    return text;
}

Result<double> tokens_a_line(const Desk& desk) {
    std::string text;
    for (std::size_t i = 0; i < static_cast<std::size_t>(kMean); ++i)
        text += dull_line(i) + "\n";
    const auto counted = TRY(desk.provider.count_tokens(text));
    return std::max(static_cast<double>(counted.value) / kMean, 1.0);
}

std::vector<std::size_t> lengths_for(double tokens_a_line, Tokens window) {
    std::vector<std::size_t> lengths;
    const auto lines = [&](std::int64_t tokens) {
        return static_cast<std::size_t>(static_cast<double>(tokens - kRoom) / tokens_a_line);
    };
    for (std::int64_t tokens = kShortest; tokens <= window.value; tokens *= 2)
        lengths.push_back(lines(tokens));
    return lengths;
}

struct Asked {
    WindowStep step;
    double read_seconds = 0;  // of the part that was new
    std::int64_t read_tokens = 0;
};

Result<Asked> ask_length(const Desk& desk, const Haystack& hay, std::size_t index) {
    Asked asked;
    for (const auto& needle : hay.needles[index]) {
        const auto samples =
            TRY(ask(desk, question(window_question(hay, hay.lengths[index], needle), kAnswer, 0), 1));
        ++asked.step.found.asked;
        if (!samples.answers.empty() && samples.answers.front().message.text.contains(needle.code))
            ++asked.step.found.right;
        const auto& usage = samples.usage;
        asked.step.tokens = std::max(asked.step.tokens, usage.prompt_tokens);
        asked.read_seconds += usage.prompt_seconds;
        asked.read_tokens += std::max<std::int64_t>(0, (usage.prompt_tokens - usage.cached_tokens).value);
    }
    return asked;
}

}  // namespace

Haystack haystack(const std::vector<std::size_t>& lengths) {
    Haystack hay;
    hay.lengths = lengths;
    std::mt19937 random(11);
    std::size_t subject = 0;
    const std::size_t longest = lengths.empty() ? 0 : lengths.back();
    for (std::size_t i = 0; i < longest; ++i)
        hay.lines.push_back(dull_line(i));
    std::vector<bool> taken(longest, false);
    for (const auto length : lengths) {
        auto& needles = hay.needles.emplace_back();
        for (const double depth : kDepths) {
            auto line = static_cast<std::size_t>(depth * static_cast<double>(length));
            while (line < longest && taken[line])
                ++line;
            if (line >= longest) continue;
            taken[line] = true;
            Needle needle{.subject = std::string(kSubjects[subject++ % kSubjects.size()]),
                          .code = std::to_string(1000 + random() % 9000),
                          .line = line};
            hay.lines[line] = needle_line(needle);
            needles.push_back(std::move(needle));
        }
    }
    return hay;
}

std::string window_question(const Haystack& hay, std::size_t lines, const Needle& needle) {
    return fmt::format(
        "Read these notes.\n\n{}\nWhat is the secret code of the {}? Reply with the number alone.",
        text_of(hay, lines), needle.subject);
}

Result<Window> probe_window(const Desk& desk, Tokens window) {
    const double per_line = TRY(tokens_a_line(desk));
    const auto hay = haystack(lengths_for(per_line, window));
    Window found;
    double seconds_a_token = 0;
    for (std::size_t i = 0; i < hay.lengths.size(); ++i) {
        if (i > 0) {
            const double more = static_cast<double>(hay.lengths[i] - hay.lengths[i - 1]) * per_line;
            const auto takes = std::chrono::duration<double>(more * seconds_a_token * kSlowerWithLength);
            if (Clock::now() + std::chrono::duration_cast<Clock::duration>(takes) > desk.effort.until)
                return found;  // WindowEnd::kTime
        }
        desk.tell(static_cast<double>(i) / static_cast<double>(hay.lengths.size()),
                  fmt::format("a text of {} tokens", kShortest << i));
        const auto asked = TRY(ask_length(desk, hay, i));
        if (asked.read_tokens > 0)
            seconds_a_token = asked.read_seconds / static_cast<double>(asked.read_tokens);
        found.steps.push_back(asked.step);
        if (asked.step.found.right * 2 <= asked.step.found.asked) {
            found.end = WindowEnd::kFailed;
            return found;
        }
    }
    found.end = WindowEnd::kContext;
    return found;
}

}  // namespace hearth::probe

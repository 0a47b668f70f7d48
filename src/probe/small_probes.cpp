#include "probe/small_probes.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>

#include "chat/fill.h"
#include "core/text.h"

namespace hearth::probe {
namespace {

constexpr Tokens kThoughtTokens{320};
constexpr Tokens kBatchTokens{64};
constexpr Tokens kFillTokens{24};
constexpr double kBytesPerToken = 3.5;
constexpr double kEnoughSeconds = 3;  // of decoding, for a steady number
constexpr int kMostRounds = 6;
constexpr double kFullEnough = 0.75;  // of the tokens that answers of full length have

constexpr std::array<std::string_view, 2> kThoughts = {
    "A farmer has 17 sheep. All but 9 run away, and then he buys 4. How many sheep has he now?",
    "Which is larger, 9.11 or 9.9? Say why in one sentence."};

constexpr std::array<std::string_view, 8> kTags = {
    "<think>", "<thinking>", "<thought>",    "<reasoning>",
    "[THINK]", "<|think|>",  "<seed:think>", "<|channel|>analysis"};

struct Thought {
    bool in_field = false;
    std::string_view tag;
    std::size_t bytes = 0;
};

Result<Thought> think(const Desk& desk, std::string_view words, bool without) {
    auto request = question(std::string(words), kThoughtTokens, 0);
    if (!without) request.thinking_budget.reset();
    const auto samples = TRY(ask(desk, std::move(request), 1));
    if (samples.answers.empty()) return Thought();
    const auto& message = samples.answers.front().message;
    if (!trim(message.reasoning).empty())
        return Thought{.in_field = true, .tag = {}, .bytes = message.reasoning.size()};
    const auto tag = thinking_tag(message.text);
    const auto end = tag.empty() ? 0 : std::min(message.text.find("</"), message.text.size());
    return Thought{.in_field = false, .tag = tag, .bytes = end};
}

// Prose, which an engine's own guesses from earlier texts hardly shorten; another subject for each number.
std::string story_of(int answers, int round) {
    static constexpr std::array<std::string_view, 6> kSubjects = {
        "a lighthouse keeper who finds a letter",  "a baker in a town without bread",
        "two gardeners and a very old wall",       "a train that arrives a day early",
        "a bridge that nobody remembers building", "a child who collects maps"};
    const auto index = static_cast<std::size_t>(answers + round) % kSubjects.size();
    return fmt::format(
        "Write a long story in plain prose, at least one thousand words, about {}. Begin at once with the "
        "story "
        "itself, describe people and places at length, and do not stop before the end. This is version "
        "{}.{}.",
        kSubjects[index], answers, round);
}

// Nothing where the answers were too short.
Result<BatchStep> measure_batch(const Desk& desk, int answers) {
    BatchStep step{.answers = answers};
    double seconds = 0;
    double tokens = 0;
    double full = 0;
    for (int round = 0; round < kMostRounds && seconds < kEnoughSeconds; ++round) {
        auto request = question(story_of(answers, round), kBatchTokens, 0.8);
        request.candidates = answers;
        const auto reply =
            TRY(desk.provider.stream(request, [](const chat::Event&) { return true; }, desk.stop));
        // The engine's clock begins when the first token of an answer is there.
        tokens += static_cast<double>(reply.usage.generated_tokens.value - answers);
        full += static_cast<double>((kBatchTokens.value - 1) * answers);
        seconds += reply.usage.decode_seconds;
        if (desk.out_of_time()) break;
    }
    if (seconds > 0 && tokens >= kFullEnough * full) step.tokens_per_second = tokens / seconds;
    return step;
}

struct Gap {
    std::string_view prefix;
    std::string_view suffix;
    std::string_view wanted;  // without spaces
};

constexpr std::array<Gap, 5> kGaps = {{
    {"def add(a, b):\n    return ", "\n\n\ndef subtract(a, b):\n    return a - b\n", "a+b"},
    {"def area(width, height):\n    size = ", "\n    return size\n", "width*height"},
    {"numbers = [3, 1, 2]\nfor number in ", ":\n    print(number)\n", "numbers"},
    {"class Counter:\n    def __init__(self):\n        self.count = 0\n\n    def increase(self):\n        "
     "self.count ",
     "\n\n    def decrease(self):\n        self.count -= 1\n", "+=1"},
    {"def is_even(number):\n    return number % 2 ",
     "\n\n\ndef is_odd(number):\n    return number % 2 == 1\n", "==0"},
}};

std::string without_spaces(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\r') out += c;
    return out;
}

}  // namespace

std::string_view thinking_tag(std::string_view text) {
    const auto front = trim(text);
    for (const auto tag : kTags)
        if (front.starts_with(tag)) return tag;
    return {};
}

Result<Thinking> probe_thinking(const Desk& desk) {
    Thinking thinking;
    std::size_t bytes = 0;
    bool off_failed = false;
    std::size_t asked = 0;
    for (const auto words : kThoughts) {
        if (asked > 0 && desk.out_of_time()) break;
        desk.tell(static_cast<double>(asked) / kThoughts.size(), "whether it thinks");
        ++asked;
        const auto free = TRY(think(desk, words, false));
        if (!free.in_field && free.tag.empty()) continue;
        thinking.thinks = true;
        thinking.where = free.in_field ? "field" : std::string(free.tag);
        bytes += free.bytes;
        const auto without = TRY(think(desk, words, true));
        off_failed = off_failed || without.in_field || !without.tag.empty();
    }
    thinking.can_be_off = !off_failed;
    thinking.tokens = {
        static_cast<std::int64_t>(static_cast<double>(bytes) / kBytesPerToken / static_cast<double>(asked))};
    return thinking;
}

Result<std::vector<BatchStep>> probe_batch(const Desk& desk) {
    std::vector<BatchStep> steps;
    for (int answers = 1; answers <= std::min(desk.effort.slots, 8); answers *= 2) {
        if (!steps.empty() && desk.out_of_time()) break;
        desk.tell(answers / 8.0, fmt::format("{} answer{} at once", answers, answers == 1 ? "" : "s"));
        const auto step = TRY(measure_batch(desk, answers));
        if (step.tokens_per_second > 0) steps.push_back(step);
    }
    return steps;
}

bool is_filling(std::string_view answer, std::string_view wanted) {
    const auto text = trim(answer);
    return without_spaces(text.substr(0, text.find('\n'))) == wanted;
}

Result<Fill> probe_fill(const Desk& desk) {
    Fill fill{.supported = true, .right = {}};
    for (std::size_t i = 0; i < kGaps.size(); ++i) {
        if (i > 0 && desk.out_of_time()) break;
        desk.tell(static_cast<double>(i) / kGaps.size(), "filling gaps");
        chat::FillRequest request;
        request.file_name = "gap.py";
        request.prefix = kGaps[i].prefix;
        request.suffix = kGaps[i].suffix;
        request.max_tokens = kFillTokens;
        const auto reply = desk.provider.fill(request, desk.stop);
        if (!reply && reply.error().code() == Code::kUnsupported) return Fill();
        if (!reply) return reply.error();
        for (const auto& text : reply->texts) {
            ++fill.right.asked;
            if (is_filling(text, kGaps[i].wanted)) ++fill.right.right;
        }
    }
    return fill;
}

}  // namespace hearth::probe

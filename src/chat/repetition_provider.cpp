#include "chat/repetition_provider.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::chat {
namespace {

constexpr std::size_t kLongestPart = 400;
constexpr std::size_t kShortPart = 16;
constexpr std::size_t kTimes = 6;
constexpr std::size_t kAtLeast = 480;
constexpr std::size_t kAtLeastOfShort = 1'200;
constexpr std::size_t kEvery = 64;  // bytes between two looks

bool ends_in_parts_of(std::string_view text, std::size_t part) {
    const auto length = std::max(part * kTimes, part < kShortPart ? kAtLeastOfShort : kAtLeast);
    if (text.size() < length) return false;
    const auto tail = text.substr(text.size() - length);
    return tail.substr(part) == tail.substr(0, length - part);
}

// What came of one candidate.
struct Course {
    std::string text;
    std::size_t looked_at = 0;
    bool over = false;  // done, or it repeats itself
    bool done = false;

    void add(std::string_view piece) {
        text += piece;
        if (over || text.size() < looked_at + kEvery) return;
        looked_at = text.size();
        over = repeats_itself(text);
    }
};

class RepetitionProvider final : public Provider {
public:
    explicit RepetitionProvider(std::unique_ptr<Provider> provider) : provider_(std::move(provider)) {}

    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) override {
        std::vector<Course> courses(static_cast<std::size_t>(std::max(request.candidates, 1)));
        bool cut = false;
        const auto watch = [&](const Event& event) {
            if (sink && !sink(event)) return false;
            follow(courses, event);
            cut = std::ranges::all_of(courses, &Course::over) && !std::ranges::all_of(courses, &Course::done);
            return !cut;
        };
        auto reply = TRY(provider_->stream(request, watch, std::move(stop)));
        if (!cut) return reply;
        for (std::size_t i = 0; i < courses.size(); ++i) {
            if (courses[i].done) continue;
            if (i < reply.answers.size()) reply.answers[i].reason = StopReason::kLength;
            if (sink && !sink(CandidateDone{static_cast<int>(i), StopReason::kLength})) break;
        }
        return reply;
    }

    Result<FillReply> fill(const FillRequest& request, std::stop_token stop) override {
        return provider_->fill(request, std::move(stop));
    }

    Result<Tokens> count_tokens(std::string_view text) override { return provider_->count_tokens(text); }

    [[nodiscard]] Tokens context_window() const override { return provider_->context_window(); }

private:
    static void follow(std::vector<Course>& courses, const Event& event) {
        const auto of = [&](int candidate) -> Course* {
            const auto index = static_cast<std::size_t>(candidate);
            return index < courses.size() ? &courses[index] : nullptr;
        };
        if (const auto* delta = std::get_if<TextDelta>(&event)) {
            if (auto* course = of(delta->candidate)) course->add(delta->text);
        } else if (const auto* thought = std::get_if<ReasoningDelta>(&event)) {
            if (auto* course = of(thought->candidate)) course->add(thought->text);
        } else if (const auto* done = std::get_if<CandidateDone>(&event)) {
            if (auto* course = of(done->candidate)) course->over = course->done = true;
        }
    }

    std::unique_ptr<Provider> provider_;
};

}  // namespace

bool repeats_itself(std::string_view text) {
    for (std::size_t part = 1; part <= kLongestPart; ++part)
        if (ends_in_parts_of(text, part)) return true;
    return false;
}

std::unique_ptr<Provider> make_repetition_provider(std::unique_ptr<Provider> provider) {
    return std::make_unique<RepetitionProvider>(std::move(provider));
}

}  // namespace hearth::chat

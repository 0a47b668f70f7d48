#include "probe/advice.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::probe {
namespace {

// A batch may take as long as so many single answers: each further one is worth less than the one before.
constexpr double kMostWait = 3;
constexpr double kLeastFound = 0.6;  // of what stands in a text
constexpr double kLeastFilled = 1.0 / 3;

void advise_candidates(const Card& card, std::string_view machine, Advice& advice) {
    // One answer alone, where the time ran out, says nothing about several.
    if (card.batch.size() < 2 || card.machine != machine) return;
    const auto one = std::ranges::find(card.batch, 1, &BatchStep::answers);
    if (one == card.batch.end()) return;
    double wait = 1;
    int best = 1;
    for (const auto& each : card.batch) {
        const double takes = each.answers * one->tokens_per_second / each.tokens_per_second;
        if (each.answers <= best || takes > kMostWait) continue;
        best = each.answers;
        wait = takes;
    }
    advice.candidates = best;
    advice.words.push_back(
        best == 1 ? "several answers at once cost as much as one after the other"
                  : fmt::format("{} answers at once take {:.1f} times as long as one", best, wait));
}

const EditShare* share_of(const Card& card, EditFormat format) {
    const auto found = std::ranges::find(card.edits, format, &EditShare::format);
    return found == card.edits.end() || found->right.asked == 0 ? nullptr : &*found;
}

void advise_form(const Card& card, Advice& advice) {
    const auto* const tools = share_of(card, EditFormat::kReplace);
    const EditShare* blocks = nullptr;
    for (const auto format : {EditFormat::kFunction, EditFormat::kWholeFile}) {
        const auto* const share = share_of(card, format);
        if (share != nullptr && (blocks == nullptr || share->right.rate() > blocks->right.rate()))
            blocks = share;
    }
    // Equally right: then size decides, as it does without a card.
    if (tools == nullptr || blocks == nullptr || tools->right.rate() == blocks->right.rate()) return;
    advice.text_form = blocks->right.rate() > tools->right.rate();
    const auto& best = *advice.text_form ? *blocks : *tools;
    advice.words.push_back(fmt::format("edits as {} are right most often ({} of {})",
                                       format_words(best.format), best.right.right, best.right.asked));
}

void advise_fill(const Card& card, Advice& advice) {
    if (!card.fill) return;
    const auto& fill = *card.fill;
    advice.fill_gaps = fill.supported && (fill.right.asked == 0 || fill.right.rate() >= kLeastFilled);
    if (advice.fill_gaps) return;
    advice.words.push_back(fill.supported ? fmt::format("it fills gaps wrongly ({} of {} right)",
                                                        fill.right.right, fill.right.asked)
                                          : "it fills no gaps");
}

// A bound is known only where a longer text failed. A model that finds nothing in the shortest says nothing about its window.
void advise_window(const Card& card, Advice& advice) {
    if (!card.window || card.window->end != WindowEnd::kFailed) return;
    Tokens good{0};
    for (const auto& each : card.window->steps) {
        if (each.found.rate() < kLeastFound) break;
        good = each.tokens;
    }
    if (good.value == 0) return;
    advice.window = good;
    advice.words.push_back(fmt::format("it finds what stands in up to {} tokens", good.value));
}

void advise_temperature(const Card& card, Advice& advice) {
    if (card.spread.empty()) return;
    const int right_at_lowest = card.spread.front().right.right;
    for (const auto& each : card.spread) {
        if (each.distinct.rate() < 0.5 || each.right.right + 1 < right_at_lowest) continue;
        advice.temperature = each.temperature;
        return;
    }
}

}  // namespace

Advice advice_of(const Card& card, std::string_view machine) {
    Advice advice;
    advise_candidates(card, machine, advice);
    advise_form(card, advice);
    advise_fill(card, advice);
    advise_window(card, advice);
    advise_temperature(card, advice);
    if (card.thinking) advice.thinks = card.thinking->thinks;
    return advice;
}

}  // namespace hearth::probe

#include "probe/desk.h"

#include <algorithm>
#include <utility>

#include "chat/seeded_provider.h"

namespace hearth::probe {
namespace {

constexpr std::int64_t kSeed = 20'240;
constexpr double kTopP = 0.95;  // as the harness samples

}  // namespace

Result<Samples> ask(const Desk& desk, chat::Request request, int count) {
    Samples samples;
    while (count > 0) {
        request.candidates = std::min(count, std::max(desk.effort.slots, 1));
        auto reply = TRY(desk.provider.stream(request, [](const chat::Event&) { return true; }, desk.stop));
        for (auto& answer : reply.answers)
            samples.answers.push_back(std::move(answer));
        chat::add_usage(samples.usage, reply.usage);
        count -= request.candidates;
        if (request.sampling.seed) *request.sampling.seed += chat::kCandidateSeeds;
    }
    return samples;
}

chat::Request question(std::string text, Tokens max_tokens, double temperature) {
    chat::Request request;
    request.messages.push_back({.role = chat::Role::kUser, .text = std::move(text)});
    request.sampling.temperature = temperature;
    request.sampling.seed = kSeed;
    if (temperature > 0) request.sampling.top_p = kTopP;
    request.max_tokens = max_tokens;
    request.thinking_budget = Tokens{0};
    return request;
}

}  // namespace hearth::probe

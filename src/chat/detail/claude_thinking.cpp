#include "chat/detail/claude_thinking.h"

#include <algorithm>

#include <boost/json.hpp>

#include "chat/detail/request_parts.h"
#include "core/text.h"

namespace hearth::chat::detail {
namespace {

constexpr std::int64_t kLeastAnswer = 1024;  // beside what is thought
constexpr std::int64_t kLeastBudget = 1024;  // that the API takes

}  // namespace

ClaudeThinking claude_thinking(const Request& request, const CloudEndpoint& endpoint) {
    ClaudeThinking out{.effort = {}, .budget = 0, .limit = answer_limit(request, endpoint)};
    const bool forced = !request.answer_schema.empty();
    const auto level = forced ? ThinkingLevel::kOff : level_of(request, endpoint);
    const auto word = forced ? std::nullopt : thinking_word(level, endpoint.thinking);
    if (word && !parse_number(*word)) {
        out.effort = word;
        return out;
    }
    auto budget = thinking_budget(level, endpoint.thinking).value;
    if (budget > 0) {
        const auto most = std::max(endpoint.most_answer.value, out.limit);
        const auto answer = std::min(out.limit, kLeastAnswer);
        out.limit = std::min(out.limit + budget, most);
        budget = std::min(budget, out.limit - answer);
    }
    if (budget >= kLeastBudget) out.budget = budget;
    return out;
}

void add_claude_thinking(json::object& fields, const ClaudeThinking& thinking) {
    if (thinking.effort) {
        fields["thinking"] = json::object{{"type", "adaptive"}};
        fields["output_config"] = json::object{{"effort", text_value(*thinking.effort)}};
    } else if (thinking.budget > 0) {
        fields["thinking"] = json::object{{"type", "enabled"}, {"budget_tokens", thinking.budget}};
    }
}

}  // namespace hearth::chat::detail

#pragma once
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/branch.h"
#include "chat/provider.h"
#include "core/result.h"
#include "core/units.h"

namespace hearth::agent {

// How a context window is shared out, as fractions of what the engine really holds, so that 8,192 tokens work as 131,072 do.
struct ContextBudget {
    Tokens window;
    Tokens answer;                 // always left free for the next answer
    Tokens limit;                  // a longer prompt is compacted first
    Tokens kept;                   // of the latest messages, behind the summary
    Tokens summary;                // of the summary itself
    std::size_t result_bytes = 0;  // of one tool result
};

// A quarter of the window for the answer (at most `most_answer`), as much for what is kept. Pure.
[[nodiscard]] ContextBudget context_budget(Tokens window, Tokens most_answer);

// Tokens of the prompt that a path makes, in the engine's own count up to the last answer behind the latest compaction, by bytes from
// there on. `beside`: bytes of the prompt that are no message (tools). Pure.
[[nodiscard]] Tokens estimated_tokens(const std::vector<const Entry*>& path, std::size_t beside_bytes);

// Where a context is cut: what a summary takes the place of, and what stays.
struct ContextCut {
    std::vector<ContextItem> summarised;  // from the front, without the system prompt
    std::string first_kept;               // id of the first entry that stays; empty when none does
};

// Keeps at most `kept` tokens of the latest messages, beginning with one of the user's or an answer, never with a tool's result. Nothing
// when there is nothing to summarise but what was a summary already. Pure.
[[nodiscard]] std::optional<ContextCut> find_cut(const std::vector<ContextItem>& items, Tokens kept);

// What only the branch of one path says: items of its context that are not on the other path. Pure.
[[nodiscard]] ContextCut find_branch(const std::vector<ContextItem>& items,
                                     const std::vector<const Entry*>& other);

struct Summary {
    std::string text;
    std::string details;  // facts_json() of what is summarised
    chat::Usage usage;
    bool by_model = false;  // else from the facts alone
};

struct SummaryRequest {
    enum class Of : std::uint8_t {
        kConversation,  // all that the cut takes away
        kBranch,        // what was said since an earlier point, to which the conversation goes back
    };

    const std::vector<ContextItem>& items;  // the whole context
    const ContextCut& cut;
    std::vector<chat::Tool> tools;  // as they are offered in each request, for the same prefix
    ContextBudget budget;
    Tokens prompt;             // estimated, of the whole context
    std::string instructions;  // what a person wants kept; may be empty
    Of of = Of::kConversation;
};

// Asks the model for a summary: where the whole context still fits, behind it, so that the engine has all of it in its cache; else
// of a transcript that is cut to fit. What is known without a model (files, open failures, the plan, the last question) stands below in any
// case, and alone when the model gives no usable summary.
// Errors: kCancelled.
[[nodiscard]] Result<Summary> summarise(chat::Provider& provider, const SummaryRequest& request,
                                        const chat::Sampling& sampling, std::stop_token stop);

}  // namespace hearth::agent

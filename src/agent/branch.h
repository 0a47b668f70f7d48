#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/entry.h"
#include "chat/message.h"

namespace hearth::agent {

// What the tree of a session's entries means from one leaf. All are pure functions of the log; types of entries:
//     message            a message of the conversation
//     custom_message     told to the model as the user's
//     compaction         a summary takes the place of what is before the first entry that it keeps
//     branch_summary     of the branch that was left for this one
//     context_edit       an earlier message has another content for the model, or is not told to it
//     session_info       the session's name
//     label              a name of an entry
//     model_change, thinking_level_change, usage, custom   not told to the model

// The entries from a root to the leaf. An entry whose parent is in no line that could be read goes behind the line before it, so
// that a damaged line loses only itself.
[[nodiscard]] std::vector<const Entry*> branch_path(const std::vector<Entry>& entries, std::string_view leaf);

// The entries of a path that still count for what a model is told: the latest compaction, what it keeps, and all after it.
[[nodiscard]] std::vector<const Entry*> active_entries(const std::vector<const Entry*>& path);

// A message that the model is told, and where it is from.
struct ContextItem {
    const Entry* entry = nullptr;  // of the log that was given
    chat::Message message;
};

// What a model is told of a path: the latest compaction and what it keeps, edits of the context, system messages as one at the front.
// Answers that failed or were stopped are left out, unless their tools ran; a call without a result gets one that says so.
[[nodiscard]] std::vector<ContextItem> branch_context(const std::vector<const Entry*>& path);

// Where a conversation goes on that goes to an entry of its tree. A message of the user's is said again, in other words: the branch begins
// before it.
struct TreeTarget {
    std::string entry_id;  // behind which the next one goes; empty: at the root
    std::string text;      // of the user's message
};

// Nothing for an entry that there is not. Pure.
[[nodiscard]] std::optional<TreeTarget> tree_target(const std::vector<Entry>& entries, std::string_view id);

// What the user of a session knows it by.
struct BranchFacts {
    std::optional<std::string> name;
    std::string provider;  // of the model chosen last; empty when none was
    std::string model;
    std::string thinking;  // the level said last; empty where none was
};

[[nodiscard]] BranchFacts branch_facts(const std::vector<const Entry*>& path);

// The text of the user's first message on a path, on one line, at most `bytes` long.
[[nodiscard]] std::string first_words(const std::vector<const Entry*>& path, std::size_t bytes);

// The label that an entry has, if any: the last one said in the log.
[[nodiscard]] std::optional<std::string> label_of(const std::vector<Entry>& entries, std::string_view id);

}  // namespace hearth::agent

#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "agent/branch.h"

namespace hearth::agent {

// What can be said of a stretch of work without a model: which files were read and changed, which commands last failed, what was
// asked last and which plan was written down.
struct WorkFacts {
    std::vector<std::string> read_files;      // sorted, without those that were changed
    std::vector<std::string> modified_files;  // sorted

    struct Failure {
        std::string command;
        std::string output;  // its end
    };

    std::vector<Failure> open_failures;  // of commands whose last run failed, the latest last
    std::string task;                    // the last thing that the user said
    std::string plan;                    // the last list of steps in an answer
    std::string last_words;              // the last answer with a text
};

// Carries on what an earlier compaction among the items has in its lists. Pure.
[[nodiscard]] WorkFacts work_facts(const std::vector<ContextItem>& items);

// As a compaction keeps them for the next one: {"readFiles", "modifiedFiles"} as pi has them, and {"hearth": {"task", "plan", "failures"}}.
[[nodiscard]] std::string facts_json(const WorkFacts& facts);

// As lines under headings, at most about `bytes` long, of which the lists of files come last and so are cut first.
[[nodiscard]] std::string fact_words(const WorkFacts& facts, std::size_t bytes);

}  // namespace hearth::agent

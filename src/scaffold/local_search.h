#pragma once
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "scaffold/recombination.h"
#include "scaffold/workbench.h"

namespace hearth::scaffold {

// A state of the files and what the tests say of it.
struct SearchState {
    std::vector<FileEdit> edits;  // against the project of the workbench
    TestReport report;
};

// What a search may change.
enum class SearchReach : std::uint8_t {
    kFunctions,  // put in the versions that answers held
    kLines,      // that, and small changes of lines
};

struct SearchResult {
    SearchState best;
    int tests = 0;        // variants that were tried
    bool gained = false;  // best is better than where it began
};

// Improves a state of the files without the model, by hill climbing over its tests: first one function at a time in the version of
// another answer (recombination.h), then one suspected line at a time in a small change (mutation.h). A test run costs a fraction of an
// answer where tests are quick, and a small model's answer is often one comparison away from right.
class LocalSearch {
public:
    using Clock = std::chrono::steady_clock;

    explicit LocalSearch(Workbench& bench) : bench_(bench) {}

    // An answer's functions become versions for later searches.
    void learn(const std::vector<FileEdit>& edits);

    // Climbs from a state that builds until nothing gains, all tests pass or the time is over. What was tried before is not tried
    // again and costs nothing.
    // Errors: those of the sandbox.
    Result<SearchResult> climb(SearchState from, SearchReach reach, Clock::time_point until,
                               std::stop_token stop);

private:
    [[nodiscard]] Project project_with(const std::vector<FileEdit>& edits) const;
    [[nodiscard]] std::vector<std::vector<FileEdit>> recombined(const SearchState& state) const;
    [[nodiscard]] std::vector<std::vector<FileEdit>> mutated(const SearchState& state) const;

    Workbench& bench_;
    VersionPool versions_;
};

}  // namespace hearth::scaffold

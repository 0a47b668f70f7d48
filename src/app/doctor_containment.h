#pragma once
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::app {

// One promise of the sandbox and how it stood up to the attempts of the catalogue that test it.
struct PromiseReport {
    std::string kind;     // the class of the catalogue
    std::string promise;  // in words
    std::size_t attempts = 0;
    std::vector<std::string> escaped;  // "ID: what it did" for each that was not contained
};

struct ContainmentReport {
    std::vector<PromiseReport> promises;  // in the order of the catalogue
    std::size_t attempts = 0;
    double seconds = 0;

    [[nodiscard]] std::size_t escaped() const;
};

// Tries the quick attempts of the catalogue (sandbox/escape_catalogue.h) in real sandboxes, on folders made for it. `progress` is
// told from this thread how many of all are done. Takes some seconds.
// Errors: kUnavailable when commands cannot be contained here at all, with the cure; kCancelled; what making the folders said.
[[nodiscard]] Result<ContainmentReport> try_containment(
    const std::function<void(std::size_t done, std::size_t all)>& progress, std::stop_token stop);

// What no sandbox of hearth keeps from happening, for a person: docs/sandbox.md, "What is not contained".
[[nodiscard]] const std::vector<std::string>& not_contained();

}  // namespace hearth::app

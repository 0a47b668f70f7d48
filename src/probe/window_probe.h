#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "probe/card.h"
#include "probe/desk.h"

namespace hearth::probe {

// Something that stands in one line of a long text.
struct Needle {
    std::string subject;  // "heron"
    std::string code;     // "4821": what is asked for
    std::size_t line = 0;
};

// A long text of dull lines in which needles stand. A shorter one is the front of a longer one, so that an engine has it in its cache.
struct Haystack {
    std::vector<std::string> lines;
    std::vector<std::vector<Needle>> needles;  // of each length, at a tenth, half and nine tenths of it
    std::vector<std::size_t> lengths;          // in lines, growing
};

// Pure; the same for the same lengths.
[[nodiscard]] Haystack haystack(const std::vector<std::size_t>& lengths);

// The message that shows the first `lines` of it and asks for one needle. Pure.
[[nodiscard]] std::string window_question(const Haystack& hay, std::size_t lines, const Needle& needle);

// Asks in texts of 1,024 tokens and double the length each time, up to the window. Ends at the first length at which at most half of the
// needles are found, and before one that would probably last longer than there is time.
// Errors: those of the provider; kUnsupported when it cannot count tokens.
[[nodiscard]] Result<Window> probe_window(const Desk& desk, Tokens window);

}  // namespace hearth::probe

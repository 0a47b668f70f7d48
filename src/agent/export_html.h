#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/entry.h"
#include "agent/session.h"

namespace hearth::agent {

// A session as one page that needs nothing else: what was said on the branch of the leaf, tools and their results folded, images, and
// where other branches leave it. No script runs in it and nothing is loaded; what is shown is escaped, images are in it. Pure.
[[nodiscard]] std::string session_page(const SessionHeader& header, const std::vector<Entry>& entries,
                                       std::string_view leaf);

}  // namespace hearth::agent

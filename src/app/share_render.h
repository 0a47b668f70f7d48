#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "share/clean_session.h"
#include "share/review.h"
#include "share/session_dataset.h"

namespace hearth::app {

// A session that somebody thinks of sharing, and what speaks against it.
struct ShareCandidate {
    std::filesystem::path file;
    share::SharedSession shared;
    std::optional<share::Verdict> verdict;  // of a model that was asked
    bool accepted = false;                  // by the person, whatever the model says
};

// Why it is not shared; empty where it is. Pure.
[[nodiscard]] std::string held_back(const ShareCandidate& candidate);

// Pure.
[[nodiscard]] std::string render_share(const std::vector<ShareCandidate>& candidates);
[[nodiscard]] std::string share_json(const std::vector<ShareCandidate>& candidates,
                                     const std::string& folder);

}  // namespace hearth::app

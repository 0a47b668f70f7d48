#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "resources/source.h"

namespace hearth::resources {

// A file with notes for agents: AGENTS.md and what stands for it.
struct ContextFile {
    std::filesystem::path path;
    std::string text;  // valid UTF-8
};

// Of each folder the first of AGENTS.override.md, AGENTS.md, AGENTS.MD, CLAUDE.md and CLAUDE.MD: of `user` (the person's own folder), then from
// the root down to the project. In the project's own folder nothing is taken that is a link out of it; outside of it nothing that belongs to
// somebody else than this user or root.
[[nodiscard]] std::vector<ContextFile> find_context_files(const std::filesystem::path& user,
                                                          const std::filesystem::path& project);

// What a model is told of them, with at most `most_bytes` of their texts: the nearest to the project comes first where it gets tight, each is cut
// behind its beginning. Begins with two line ends; empty for none. Pure.
[[nodiscard]] std::string tell_context_files(const std::vector<ContextFile>& files,
                                             const std::filesystem::path& project, std::size_t most_bytes);

// The file that takes the place of what a model is told first (SYSTEM.md), or stands behind it (APPEND_SYSTEM.md): the first one that is there, of
// .hearth and .pi of `project` (one that is trusted), then of `user` (the person's own folder); empty for none. One of the project that is a link out of
// it is passed over, and `notices` says so; the person may keep links.
[[nodiscard]] std::filesystem::path first_file(const std::filesystem::path& user,
                                               const std::optional<std::filesystem::path>& project,
                                               const std::string& name, std::vector<Notice>& notices);

}  // namespace hearth::resources

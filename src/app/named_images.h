#pragma once
#include <filesystem>
#include <string>

#include "agent/user_message.h"
#include "core/result.h"

namespace hearth::app {

// What a person wrote, with the images that it names: of each word "@PATH" or @"PATH WITH BLANKS" whose file is an image (told by its first
// bytes), once each. The text stays as it is, other files are left to the model to read. A relative path begins at `folder`, "~/" at `home`; marks
// of a sentence behind a path do not count. Only for what was typed: the files are read as the person may read them, beside the sandbox too.
// Errors: kTooLarge for one that no model takes, and for too many; those of reading an image.
[[nodiscard]] Result<agent::UserMessage> with_named_images(std::string text,
                                                           const std::filesystem::path& folder,
                                                           const std::filesystem::path& home);

}  // namespace hearth::app

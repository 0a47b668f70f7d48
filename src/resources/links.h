#pragma once
#include <filesystem>

namespace hearth::resources {

// Whether a file lies outside of `folder` once links are followed, in both; also when that cannot be said. Who trusts a project trusts its files, and not
// those of the person to which a link of the project leads.
[[nodiscard]] bool leads_out(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace hearth::resources

#include "resources/links.h"

#include <system_error>

#include "os/paths.h"

namespace hearth::resources {

namespace fs = std::filesystem;

bool leads_out(const fs::path& file, const fs::path& folder) {
    std::error_code error;
    const auto real = fs::canonical(file, error);
    if (error) return true;
    const auto base = fs::canonical(folder, error);
    return error || !os::is_within(real, base);
}

}  // namespace hearth::resources

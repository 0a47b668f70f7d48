#include "extend/detail/package_paths.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "core/text.h"
#include "os/paths.h"

namespace hearth::extend::detail {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxFiles = 10'000;  // that are looked at for a pattern

}  // namespace

std::vector<fs::path> paths_below(const fs::path& root, bool folders) {
    std::vector<fs::path> out;
    std::error_code error;
    auto at = fs::recursive_directory_iterator(root, error);
    for (; !error && at != fs::recursive_directory_iterator() && out.size() < kMaxFiles;
         at.increment(error)) {
        std::error_code kind;
        const auto& path = at->path();
        const bool not_its_own = path.filename() == "node_modules" || path.filename() == ".git";
        if (not_its_own) at.disable_recursion_pending();
        if (fs::is_regular_file(path, kind) || (folders && !not_its_own && fs::is_directory(path, kind)))
            out.push_back(path.lexically_relative(root));
    }
    std::sort(out.begin(), out.end());
    return out;
}

Result<fs::path> inside_package(const fs::path& root, const std::string& given) {
    std::error_code error;
    const auto whole = fs::weakly_canonical(root / given, error);
    const auto base = fs::weakly_canonical(root, error);
    if (error || !os::is_within(whole, base)) {
        return Error(Code::kInvalidInput, fmt::format("{} names {}, which is outside of its folder",
                                                      (root / "package.json").string(), printable(given)));
    }
    return whole;
}

}  // namespace hearth::extend::detail

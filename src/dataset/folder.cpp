#include "dataset/folder.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::dataset {

namespace fs = std::filesystem;

Status check_new(const fs::path& folder) {
    std::error_code error;
    if (fs::exists(folder, error) && !fs::is_empty(folder, error))
        return Error(Code::kConflict, fmt::format("{} holds something already", folder.string()));
    return {};
}

Status write_folder(const fs::path& folder, const std::vector<File>& files, std::string_view about) {
    TRY(check_new(folder));
    auto manifest = TRY(parse_json(about));
    json::array listed;
    for (const auto& file : files) {
        TRY(os::write_file_atomic(folder / file.path, file.content));
        listed.push_back(json::object{
            {"path", file.path}, {"sha256", os::sha256(file.content)}, {"bytes", file.content.size()}});
    }
    manifest.as_object()["files"] = std::move(listed);
    return os::write_file_atomic(folder / "manifest.json", json::serialize(manifest) + "\n");
}

std::string_view hub_licence(const std::set<std::string>& licences) {
    static constexpr std::array<std::string_view, 14> kKnown = {
        "apache-2.0", "mit",      "bsd-2-clause", "bsd-3-clause", "isc",     "mpl-2.0",   "gpl-2.0",
        "gpl-3.0",    "lgpl-3.0", "agpl-3.0",     "unlicense",    "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0"};
    if (licences.size() != 1) return "other";
    const auto* const known = std::ranges::find(kKnown, to_lower_ascii(*licences.begin()));
    return known == kKnown.end() ? "other" : *known;
}

}  // namespace hearth::dataset

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/text.h"
#include "guard/credentials.h"

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

// The first line is the path of a request, the others are its headers, "name:value". A secret that is found can be sent again and is
// then found again; what is left of the path still is a path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto lines = hearth::split(std::string_view(reinterpret_cast<const char*>(data), size), '\n');
    const auto path = lines.front();
    Headers headers;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto colon = std::min(lines[i].find(':'), lines[i].size());
        headers.emplace_back(lines[i].substr(0, colon),
                             lines[i].substr(std::min(colon + 1, lines[i].size())));
    }
    const auto found = hearth::guard::find_credentials(headers, path);
    if (!found) {
        HEARTH_ASSERT(found.error().code() == hearth::Code::kInvalidInput);
        HEARTH_ASSERT(!found.error().message().empty() && found.error().message().size() < 200);
        return 0;
    }
    HEARTH_ASSERT(found->path.size() <= path.size());
    HEARTH_ASSERT(!path.starts_with('/') || found->path.starts_with('/'));
    if (!found->secret) {
        HEARTH_ASSERT(found->path == path);
        return 0;
    }
    HEARTH_ASSERT(!found->secret->empty() && found->secret->size() <= 512 && is_visible(*found->secret));
    const Headers again = {{"authorization", "Bearer " + *found->secret}};
    const auto second = hearth::guard::find_credentials(again, "/");
    HEARTH_ASSERT(second && second->secret == found->secret && second->path == "/");
    return 0;
}

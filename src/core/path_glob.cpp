#include "core/path_glob.h"

#include <cstddef>
#include <vector>

namespace hearth {

bool matches_glob(std::string_view pattern, std::string_view path) {
    // reached[j]: the pattern read so far fits the first j characters of the path.
    std::vector<bool> reached(path.size() + 1, false);
    reached[0] = true;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        std::vector<bool> next(path.size() + 1, false);
        const bool star = pattern[i] == '*';
        const bool wide = star && i + 1 < pattern.size() && pattern[i + 1] == '*';
        if (wide) ++i;
        for (std::size_t j = 0; j <= path.size(); ++j) {
            if (star) {
                const bool longer = j > 0 && next[j - 1] && (wide || path[j - 1] != '/');
                next[j] = reached[j] || longer;
            } else if (j > 0 && reached[j - 1]) {
                next[j] = pattern[i] == '?' ? path[j - 1] != '/' : pattern[i] == path[j - 1];
            }
        }
        reached = std::move(next);
    }
    return reached[path.size()];
}

}  // namespace hearth

#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hearth::agent {

// A pattern of a path, as .gitignore has them: `*`, `?` and `[a-z]` stand for no '/', a part that is `**` for any folders in its place (at
// the end: for something in them), `\` takes a character as it is. Bytes are compared. A pattern that ends within brackets or with a lone `\`
// matches nothing.
// Threads: a plain value. Cost of a match: at most the length of the pattern times that of the path.
class Glob {
public:
    // From the first folder on.
    explicit Glob(std::string_view pattern);

    // `path` is relative, its parts one '/' apart.
    [[nodiscard]] bool matches(std::string_view path) const;

private:
    std::vector<std::string> parts_;
};

// What `{a,b}` in a pattern stands for, one in another too: "*.{h,cpp}" gives "*.h" and "*.cpp". At most 64 patterns; one that has more of
// them, or whose braces do not close, stays as it is. Pure.
[[nodiscard]] std::vector<std::string> braces_expanded(std::string_view pattern);

}  // namespace hearth::agent

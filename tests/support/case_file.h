#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace hearth::test {

// A test case as a file: "key: value" lines, then sections that "=== name" lines open. A last line end belongs to its section.
// A value or section that is absent reads as empty.
class CaseFile {
public:
    explicit CaseFile(const std::filesystem::path& path) : name_(path.stem().string()) {
        std::ifstream file(path, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        std::string* section = nullptr;
        for (const auto line : split_lines(text)) {
            if (line.starts_with("=== ")) {
                section = &sections_[std::string(line.substr(4))];
            } else if (section != nullptr) {
                *section += std::string(line) + "\n";
            } else if (const auto colon = line.find(": "); colon != std::string_view::npos) {
                values_.emplace(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
            }
        }
    }

    [[nodiscard]] const std::string& name() const { return name_; }

    [[nodiscard]] std::string value(const std::string& key) const {
        const auto found = values_.find(key);
        return found == values_.end() ? std::string() : found->second;
    }

    // All values of a key that is given several times.
    [[nodiscard]] std::vector<std::string> values(const std::string& key) const {
        std::vector<std::string> found;
        const auto [first, end] = values_.equal_range(key);
        for (auto at = first; at != end; ++at)
            found.push_back(at->second);
        return found;
    }

    [[nodiscard]] bool has(const std::string& section) const { return sections_.contains(section); }

    [[nodiscard]] std::string section(const std::string& name) const {
        const auto found = sections_.find(name);
        return found == sections_.end() ? std::string() : found->second;
    }

private:
    std::string name_;
    std::multimap<std::string, std::string> values_;
    std::map<std::string, std::string> sections_;
};

// The cases of tests/data/<folder>, sorted by name. An empty folder is a failure: a runner without cases proves nothing.
inline std::vector<CaseFile> cases_in(const std::string& folder) {
    std::vector<std::filesystem::path> paths;
    std::error_code error;
    const auto root = std::filesystem::path(HEARTH_SOURCE_DIR) / "tests/data" / folder;
    for (const auto& entry : std::filesystem::directory_iterator(root, error))
        paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    EXPECT_FALSE(paths.empty()) << "no cases in " << root;
    return {paths.begin(), paths.end()};
}

}  // namespace hearth::test

#include "scaffold/test_helpers.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

bool has_line_starting(std::string_view content, std::initializer_list<std::string_view> starts) {
    return std::ranges::any_of(split_lines(content), [&](std::string_view line) {
        return std::ranges::any_of(starts, [&](std::string_view start) { return line.starts_with(start); });
    });
}

bool is_python_test(const ProjectFile& file) {
    return file.path.ends_with(".py") && has_line_starting(file.content, {"import unittest", "from unittest",
                                                                          "import pytest", "from pytest"});
}

bool is_header_of_checks(const ProjectFile& file) {
    const auto name = file_name(file.path);
    const auto stem = name.substr(0, name.rfind('.'));
    const bool header = name.ends_with(".h") || name.ends_with(".hpp") || name.ends_with(".hh");
    constexpr std::array<std::string_view, 4> kNames = {"check", "checks", "expect", "testing"};
    return header && (std::ranges::find(kNames, stem) != kNames.end() ||
                      has_line_starting(file.content, {"#define CHECK", "#define EXPECT", "#define ASSERT",
                                                       "#define REQUIRE"}));
}

bool includes(const ProjectFile& file, std::string_view header) {
    return std::ranges::any_of(split_lines(file.content), [&](std::string_view line) {
        line = trim(line);
        return line.starts_with("#include") &&
               (line.find(fmt::format("\"{}\"", header)) != std::string_view::npos ||
                line.find(fmt::format("/{}\"", header)) != std::string_view::npos);
    });
}

bool has_main(const ProjectFile& file) { return has_line_starting(file.content, {"int main("}); }

// A header of checks and what includes it, when that is tests and programs alone.
void mark_checks(Project& project, const ProjectFile& header) {
    std::vector<ProjectFile*> marked;
    const auto name = file_name(header.path);
    bool used = false;
    for (auto& file : project.files) {
        if (!includes(file, name)) continue;
        if (file.role != FileRole::kTest && !has_main(file)) return;
        used = true;
        marked.push_back(&file);
    }
    const auto kept = std::ranges::count_if(project.files, [&](const ProjectFile& file) {
        return file.role == FileRole::kSource && &file != &header &&
               std::ranges::find(marked, &file, [](ProjectFile* each) -> const ProjectFile* {
                   return each;
               }) == marked.end();
    });
    if (!used || kept == 0) return;
    for (auto* file : marked)
        file->role = FileRole::kTest;
    std::ranges::find(project.files, header.path, &ProjectFile::path)->role = FileRole::kTest;
}

}  // namespace

void mark_test_helpers(Project& project) {
    const auto sources = project.with_role(FileRole::kSource);
    const bool all =
        std::ranges::all_of(sources, [](const ProjectFile* file) { return is_python_test(*file); });
    for (auto& file : project.files) {
        if (file.role == FileRole::kSource && !all && is_python_test(file)) file.role = FileRole::kTest;
    }
    for (const auto& file : project.files) {
        if (file.role == FileRole::kSource && is_header_of_checks(file)) mark_checks(project, file);
    }
}

}  // namespace hearth::scaffold

#include "scaffold/project.h"

#include <gtest/gtest.h>
#include <string>

#include "os/files.h"
#include "sandbox/workspace_files.h"
#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;

TEST(Project, RolesFollowNamesAndFolders) {
    struct Case {
        const char* path;
        FileRole role;
    };

    constexpr Case kCases[] = {
        {"calc.py", FileRole::kSource},           {"test_calc.py", FileRole::kTest},
        {"calc_test.cpp", FileRole::kTest},       {"src/wrap.cpp", FileRole::kSource},
        {"tests/helper.py", FileRole::kTest},     {"a/test/x.c", FileRole::kTest},
        {"conftest.py", FileRole::kTest},         {"cart.spec.ts", FileRole::kTest},
        {"cart.test.js", FileRole::kTest},        {"src/BankTest.java", FileRole::kTest},
        {"src/TestBank.java", FileRole::kTest},   {"latest.py", FileRole::kSource},
        {"contest.py", FileRole::kSource},        {"testing_tools/run.py", FileRole::kSource},
        {"Makefile", FileRole::kBuild},           {"CMakeLists.txt", FileRole::kBuild},
        {"sub/pyproject.toml", FileRole::kBuild}, {"README.md", FileRole::kText},
        {"notes.txt", FileRole::kText},           {"logo.png", FileRole::kOther},
    };
    for (const auto& each : kCases)
        EXPECT_EQ(role_of(each.path), each.role) << each.path;
}

constexpr const char* kUnittest =
    "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n";
constexpr const char* kPlain = "def test_a():\n    assert True\n";
constexpr const char* kCMakeCommand =
    "cmake --fresh -S . -B build >/dev/null && cmake --build build 2>&1 && ctest --test-dir build "
    "--output-on-failure";

TEST(Project, FindsTheTestCommand) {
    struct Case {
        const char* rule;
        Project project;
        const char* command;  // empty: none
    };

    const Case kCases[] = {
        {"make with a test target", project_of({{"Makefile", "all:\n\techo\ntest: all\n\t./t\n"}}),
         "make test"},
        {"make with several targets in a rule", project_of({{"Makefile", "check test: all\n"}}), "make test"},
        {"make with a check target", project_of({{"makefile", "check:\n\t./t\n"}}), "make check"},
        {"make without tests",
         project_of({{"Makefile", "TEST := x\ntests-are-fine:\n\techo test:\n# test:\n"}}), ""},
        {"cmake with tests", project_of({{"CMakeLists.txt", "enable_testing()\nadd_subdirectory(t)\n"}}),
         kCMakeCommand},
        {"cmake with discovery", project_of({{"CMakeLists.txt", "gtest_discover_tests(a)\n"}}),
         kCMakeCommand},
        {"cmake without tests", project_of({{"CMakeLists.txt", "add_executable(a a.cpp)\n"}}), ""},
        {"cargo", project_of({{"Cargo.toml", "[package]\n"}}), "cargo test --offline"},
        {"go", project_of({{"go.mod", "module x\n"}}), "go test ./..."},
        {"npm", project_of({{"package.json", R"({"scripts":{"test":"node --test"}})"}}), "npm test --silent"},
        {"npm init's own script",
         project_of(
             {{"package.json", R"({"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}})"}}),
         ""},
        {"npm with a dependency called test",
         project_of({{"package.json", R"({"dependencies":{"test":"1"}})"}}), ""},
        {"unittest at the top", project_of({{"a.py", ""}, {"test_a.py", kUnittest}}),
         "python3 -m unittest -q"},
        {"unittest in a package",
         project_of({{"a.py", ""}, {"tests/__init__.py", ""}, {"tests/test_a.py", kUnittest}}),
         "python3 -m unittest -q"},
        {"unittest in a folder", project_of({{"a.py", ""}, {"tests/test_a.py", kUnittest}}),
         "python3 -m unittest discover -s tests -q"},
        {"unittest in a folder of another name", project_of({{"a.py", ""}, {"my test/test_a.py", kUnittest}}),
         "python3 -m unittest discover -s 'my test' -q"},
        {"unittest with sources in src", project_of({{"src/a/b.py", ""}, {"tests/test_a.py", kUnittest}}),
         "PYTHONPATH=src python3 -m unittest discover -s tests -q"},
        {"pytest by style", project_of({{"a.py", ""}, {"test_a.py", kPlain}}), "python3 -m pytest -q"},
        {"pytest by its file", project_of({{"conftest.py", ""}, {"test_a.py", kUnittest}}),
         "python3 -m pytest -q"},
        {"pytest by import", project_of({{"test_a.py", "import pytest\nimport unittest\n"}}),
         "python3 -m pytest -q"},
        {"helpers alone are no tests", project_of({{"tests/helper.py", "x = 1\n"}}), ""},
        {"nothing", project_of({{"a.py", ""}, {"README.md", "test"}}), ""},
        {"make before python", project_of({{"Makefile", "test:\n"}, {"test_a.py", kPlain}}), "make test"},
    };
    for (const auto& each : kCases)
        EXPECT_EQ(detect_test_command(each.project).value_or(""), each.command) << each.rule;
}

TEST(Project, ScanKnowsLargeAndBinaryFilesByNameAlone) {
    const auto folder = os::TempDir::create("hearth-project-test");
    ASSERT_TRUE(folder);
    const auto files = sandbox::WorkspaceFiles::open(folder->path());
    ASSERT_TRUE(files);
    ASSERT_TRUE(files->write("a.py", "x = 1\n"));
    ASSERT_TRUE(files->write("large.py", std::string(300 * 1024, '#')));
    ASSERT_TRUE(files->write("binary.py", std::string_view("a\0b", 3)));
    ASSERT_TRUE(files->write("build/made.py", "x = 2\n"));
    const auto project = scan_project(*files);
    ASSERT_TRUE(project) << project.error().message();
    ASSERT_EQ(project->files.size(), 3U);
    EXPECT_EQ(project->find("a.py")->content, "x = 1\n");
    EXPECT_EQ(project->find("large.py")->role, FileRole::kOther);
    EXPECT_EQ(project->find("binary.py")->role, FileRole::kOther);
    EXPECT_EQ(project->find("none.py"), nullptr);
    EXPECT_EQ(project->with_role(FileRole::kSource).size(), 1U);
}

}  // namespace
}  // namespace hearth::scaffold

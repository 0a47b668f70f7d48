#include "scaffold/test_helpers.h"

#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;

std::string tests_of(Project project) {
    mark_test_helpers(project);
    std::string names;
    for (const auto* file : project.with_role(FileRole::kTest))
        names += (names.empty() ? "" : " ") + file->path;
    return names;
}

TEST(TestHelpers, APythonFileThatImportsUnittestServesTests) {
    EXPECT_EQ(
        tests_of(project_of({{"bell.py", "import re\n"},
                             {"expect.py", "import unittest\n\nclass Case(unittest.TestCase):\n    pass\n"},
                             {"test_bell.py", "from expect import Case\n"}})),
        "expect.py test_bell.py");
}

TEST(TestHelpers, AHeaderOfChecksAndTheProgramThatUsesItServeTests) {
    EXPECT_EQ(tests_of(project_of(
                  {{"seats.cpp", "#include \"seats.h\"\n"},
                   {"seats.h", "int seats();\n"},
                   {"checks.h", "#pragma once\n"},
                   {"checks.cpp", "#include \"checks.h\"\n#include \"seats.h\"\nint main() {}\n"}})),
              "checks.cpp checks.h");
    EXPECT_EQ(tests_of(project_of({{"seats.cpp", "int seats() { return 1; }\n"},
                                   {"mini.hpp", "#define CHECK_EQ(a, b) (a == b)\n"},
                                   {"test_seats.cpp", "#include \"mini.hpp\"\n"}})),
              "mini.hpp test_seats.cpp");
}

TEST(TestHelpers, ChecksThatSourcesUseAreSources) {
    EXPECT_EQ(tests_of(project_of({{"seats.cpp", "#include \"check.h\"\nint seats() { return 1; }\n"},
                                   {"check.h", "#define CHECK(a) if (!(a)) abort()\n"},
                                   {"main.cpp", "#include \"check.h\"\nint main() {}\n"}})),
              "");
}

TEST(TestHelpers, AProjectKeepsASource) {
    EXPECT_EQ(tests_of(project_of({{"runner.py", "import unittest\n"}})), "");
    EXPECT_EQ(tests_of(project_of({{"check.h", "#define CHECK(a) a\n"},
                                   {"main.cpp", "#include \"check.h\"\nint main() {}\n"}})),
              "");
}

}  // namespace
}  // namespace hearth::scaffold

#include "scaffold/recombination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::scaffold {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kFirst =
    "class Box:\n"
    "    def add(self, x):\n"
    "        self.items.append(x)\n"
    "\n"
    "    def total(self):\n"
    "        return 0\n";

constexpr const char* kSecond =
    "import math\n"
    "\n"
    "class Box:\n"
    "    def add(self, x):\n"
    "        pass\n"
    "\n"
    "    def total(self):\n"
    "        return math.fsum(self.items)\n";

TEST(Recombination, PutsOneFunctionOfAnotherAnswerIntoAFileWithItsImports) {
    VersionPool pool;
    pool.add("box.py", kFirst);
    pool.add("box.py", kSecond);
    EXPECT_THAT(pool.exchanged("box.py", kFirst), ElementsAre("import math\n"
                                                              "\n"
                                                              "class Box:\n"
                                                              "    def add(self, x):\n"
                                                              "        pass\n"
                                                              "\n"
                                                              "    def total(self):\n"
                                                              "        return 0\n",
                                                              "import math\n"
                                                              "\n"
                                                              "class Box:\n"
                                                              "    def add(self, x):\n"
                                                              "        self.items.append(x)\n"
                                                              "\n"
                                                              "    def total(self):\n"
                                                              "        return math.fsum(self.items)\n"));
}

TEST(Recombination, KnowsAVersionOnceAndNothingOfOtherFiles) {
    VersionPool pool;
    pool.add("box.py", kFirst);
    pool.add("box.py", kFirst);
    EXPECT_EQ(pool.most_versions(), 1U);
    EXPECT_THAT(pool.exchanged("box.py", kFirst), IsEmpty());
    EXPECT_THAT(pool.exchanged("other.py", kFirst), IsEmpty());
}

TEST(Recombination, OverloadsStayAsTheyAre) {
    VersionPool pool;
    pool.add("a.cpp", "int f(int a) {\n    return a;\n}\n\nint f(double a) {\n    return 2;\n}\n");
    EXPECT_EQ(pool.most_versions(), 0U);
    EXPECT_THAT(pool.exchanged("a.cpp", "int f(int a) {\n    return 0;\n}\n"), IsEmpty());
}

}  // namespace
}  // namespace hearth::scaffold

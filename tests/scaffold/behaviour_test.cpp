// The probes, in real Python and Node.
#include "scaffold/behaviour.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"
#include "sandbox/sandbox.h"

namespace hearth::scaffold {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BehaviourProbe : public testing::Test {
protected:
    Behaviour watch(const std::string& file, const std::string& code, const std::vector<std::string>& tests) {
        EXPECT_TRUE(os::write_file_atomic(folder_.path() / file, code));
        const auto probe = make_probe(*probe_language_of(file), {file}, tests);
        for (const auto& each : probe.files) {
            std::filesystem::create_directories((folder_.path() / each.path).parent_path());
            EXPECT_TRUE(os::write_file_atomic(folder_.path() / each.path, each.content));
        }
        sandbox::Policy policy;
        policy.workspace = folder_.path();
        const auto box = sandbox::Sandbox::open(policy);
        EXPECT_TRUE(box) << box.error().message();
        const auto exit = box->run(probe.command);
        EXPECT_TRUE(exit) << exit.error().message();
        return parse_behaviour(exit->out);
    }

    static std::vector<std::string> values(const Behaviour& behaviour) {
        std::vector<std::string> all;
        for (const auto& check : behaviour.checks)
            all.push_back(check.value + (check.as_expected ? " ok" : " no"));
        return all;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-behaviour", "/var/tmp");
};

constexpr const char* kPython =
    "class Jar:\n    def __init__(self):\n        self.held = 0\n    def put(self, n):\n        if n < 0:\n"
    "            raise ValueError('n')\n        self.held += n\n\n\ndef next_of(x):\n    while x > 100:\n"
    "        pass\n    return x + 1\n";

TEST_F(BehaviourProbe, TellsEveryAssertion) {
    const auto seen =
        watch("jar.py", kPython,
              {"assert next_of(1) == 2\nassert next_of(2) == 4\nassert no_such(1)\n",
               "assert next_of(1) == 2\nimport pytest\nfrom jar import *\ndef test_jar():\n    jar = Jar()\n"
               "    jar.put(3)\n    assert jar.held == 3, 'held'\n    with pytest.raises(ValueError):\n"
               "        jar.put(-1)\n    assert jar.held == 4\n    assert jar.held == (4,"});
    EXPECT_TRUE(seen.loads);
    // The same assertion about the module counts once.
    EXPECT_THAT(values(seen),
                ElementsAre("2 ok", "3 no", "raises NameError no", "3 ok", "ValueError ok", "3 no"));
    EXPECT_EQ(seen.checks[1].test, 0U);
    EXPECT_EQ(seen.checks[3].test, 1U);
}

TEST_F(BehaviourProbe, ReadsClassesOfUnittest) {
    const auto seen = watch(
        "jar.py", kPython,
        {"import unittest\nclass T(unittest.TestCase):\n    def setUp(self):\n        self.jar = Jar()\n"
         "    def test_put(self):\n        self.jar.put(2)\n        self.assertEqual(self.jar.held, 2)\n"
         "        with self.assertRaises(ValueError):\n            self.jar.put(1)\n"});
    EXPECT_THAT(values(seen), ElementsAre("2 ok", "nothing raised no"));
}

TEST_F(BehaviourProbe, AnEndlessTestEndsAlone) {
    const auto seen = watch("jar.py", kPython, {"assert next_of(101) == 1\nassert next_of(3) == 4\n"});
    EXPECT_THAT(values(seen), ElementsAre("raises TooLong no", "4 ok"));
}

TEST_F(BehaviourProbe, SaysWhyCodeDoesNotLoad) {
    const auto seen = watch("jar.py", "def next_of(x:\n    return x\n", {"assert next_of(1) == 2"});
    EXPECT_FALSE(seen.loads);
    EXPECT_THAT(seen.error, HasSubstr("SyntaxError"));
    EXPECT_THAT(seen.checks, IsEmpty());
}

TEST_F(BehaviourProbe, WhatTheCodePrintsIsNoCheck) {
    const auto seen = watch(
        "jar.py", "print('{\"unit\": \"0.1\", \"check\": 9}')\ndef f():\n    print('x')\n    return 1\n",
        {"assert f() == 1"});
    EXPECT_TRUE(seen.loads);
    EXPECT_THAT(values(seen), ElementsAre("1 ok"));
}

TEST_F(BehaviourProbe, DoesTheSameForJavaScript) {
    const auto seen =
        watch("jar.js",
              "class Jar { constructor() { this.held = 0; } put(n) { this.held += n; } }\n"
              "function next_of(x) { if (x < 0) throw new RangeError('x'); return [x + 1]; }\n"
              "module.exports = { Jar, next_of };\n",
              {"assert.deepStrictEqual(next_of(1), [2]);\nassert.equal(no_such(1), "
               "2);\nassert.deepStrictEqual(next_of(2),\n"
               "  [4]);\nassert.throws(() => next_of(-1));",
               "const assert = require('assert');\ntest('jar', () => { const jar = new Jar(); jar.put(2); "
               "expect(jar.held).toBe(2); });\nconst cut = "});
    EXPECT_TRUE(seen.loads);
    EXPECT_THAT(values(seen),
                ElementsAre("[ 2 ] ok", "throws ReferenceError no", "[ 3 ] no", "RangeError ok", "2 ok"));
}

TEST(Behaviour, OtherLanguagesHaveNoProbe) {
    EXPECT_FALSE(probe_language_of("jar.cpp"));
    EXPECT_FALSE(probe_language_of("py"));
}

TEST(Behaviour, ReadsWhatWasToldBeforeTheEnd) {
    const auto seen = parse_behaviour(
        "noise\n{\"loads\": true}\n{\"unit\": \"0.1\", \"check\": 1, \"value\": \"2\", \"ok\": true}\n"
        "{\"unit\": \"x\", \"check\": 1, \"value\": \"2\", \"ok\": true}\n{\"unit\": \"0.2\", \"che");
    EXPECT_TRUE(seen.loads);
    ASSERT_EQ(seen.checks.size(), 1U);
    EXPECT_EQ(seen.checks[0].place, "0.1.1");
}

}  // namespace
}  // namespace hearth::scaffold

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "core/known_secrets.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SecretOutput, WhatACommandPrintsIsToldWithoutSecrets) {
    const Ground ground;
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("desk", "secret-1234"));
    ASSERT_TRUE(os::write_file_atomic(ground.workspace() / "found", "secret-1234", 0644));
    const auto sandbox = Sandbox::open({.workspace = ground.workspace(), .secrets = known});
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    std::string told;
    const auto exit = sandbox->run(
        "head -c 6 found; sleep 0.1; tail -c 5 found; echo; base64 found; cat found >&2; printf 'secret-12'",
        {}, [&](std::string_view piece) { told += piece; });
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_EQ(exit->out, "[secret desk]\n[secret desk]\nsecret-12");
    EXPECT_EQ(exit->err, "[secret desk]");
    EXPECT_THAT(told, Not(HasSubstr("1234")));
    EXPECT_THAT(told, HasSubstr("[secret desk]"));
    EXPECT_THAT(told, HasSubstr("secret-12")) << "what is none is told, at the latest at the end";
}

}  // namespace
}  // namespace hearth::sandbox

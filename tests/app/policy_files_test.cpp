#include "app/policy_files.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PolicyFilesTest : public testing::Test {
protected:
    Result<std::vector<policy::Policy>> read() const { return read_policies(paths_, files_); }

    os::TempDir home_ = *os::TempDir::create("hearth-policy-home");
    os::TempDir folder_ = *os::TempDir::create("hearth-policy-project");
    os::Paths paths_{.config = home_.path() / "config", .state = home_.path() / "state"};
    sandbox::WorkspaceFiles files_ = *sandbox::WorkspaceFiles::open(folder_.path());
    fs::path own_ = paths_.config / "policy.hearth";
    fs::path projects_ = folder_.path() / ".hearth" / "policy.cedar";
};

TEST_F(PolicyFilesTest, AreThePersonsAndTheProjects) {
    EXPECT_TRUE(read()->empty());
    ASSERT_TRUE(os::write_file_atomic(own_, "permit (action, resource);"));
    ASSERT_TRUE(os::write_file_atomic(projects_, "ask (action, resource);"));
    const auto policies = read();
    ASSERT_TRUE(policies) << policies.error().message();
    ASSERT_EQ(policies->size(), 2U);
    EXPECT_EQ(policies->at(0).origin, policy::Origin::kUser);
    EXPECT_EQ(policies->at(1).origin, policy::Origin::kProject);
    EXPECT_THAT(policies->at(1).file, HasSubstr(".hearth/policy.cedar"));
}

TEST_F(PolicyFilesTest, AProjectThatPermitsIsAnError) {
    ASSERT_TRUE(os::write_file_atomic(projects_, "permit (action, resource);"));
    EXPECT_THAT(read().error().message(),
                HasSubstr("policy.cedar:1:1: what a project brings can only tighten"));
}

TEST_F(PolicyFilesTest, TwoOfOnePlaceAreAnError) {
    ASSERT_TRUE(os::write_file_atomic(own_, ""));
    ASSERT_TRUE(os::write_file_atomic(paths_.config / "policy.cedar", ""));
    EXPECT_EQ(read().error().code(), Code::kConflict);
}

TEST_F(PolicyFilesTest, WhatEverybodyCanWriteIsNobodysPolicy) {
    ASSERT_TRUE(os::write_file_atomic(own_, "permit (action, resource);"));
    fs::permissions(own_, fs::perms::others_write, fs::perm_options::add);
    const auto policies = read();
    ASSERT_FALSE(policies);
    EXPECT_EQ(policies.error().code(), Code::kPermission);
    EXPECT_THAT(policies.error().message(), HasSubstr("chmod o-w"));
}

}  // namespace
}  // namespace hearth::app

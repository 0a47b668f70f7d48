#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string_view>
#include <vector>

#include "os/process.h"
#include "sandbox/sandbox.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;

// Counts what it is told, and refuses scripts that hold "forbidden".
class CountingWitness final : public Witness {
public:
    Status before(std::string_view script, const fs::path& workspace) override {
        folders.push_back(workspace);
        if (script.find("forbidden") != std::string_view::npos)
            return Error(Code::kDiskFull, "cannot be recorded");
        return {};
    }

    Status after(std::string_view /*script*/, const fs::path& /*workspace*/,
                 const Result<os::Exit>& exit) override {
        ends.push_back(exit ? exit->code : -1);
        return {};
    }

    std::vector<fs::path> folders;
    std::vector<int> ends;
};

TEST(Witness, IsToldOfEveryCommandAndOfNothingElse) {
    const auto witness = std::make_shared<CountingWitness>();
    const Ground ground;
    const Ground copy;
    const auto sandbox = Sandbox::open({.workspace = ground.workspace(), .witness = witness});
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    EXPECT_TRUE(witness->folders.empty());
    EXPECT_TRUE(sandbox->run("true"));
    EXPECT_TRUE(sandbox->with_workspace(copy.workspace()).run("exit 4"));
    EXPECT_EQ(witness->folders, (std::vector<fs::path>{ground.workspace(), copy.workspace()}));
    EXPECT_EQ(witness->ends, (std::vector<int>{0, 4}));
}

TEST(Witness, KeepsACommandFromRunning) {
    const Ground ground;
    const auto sandbox =
        Sandbox::open({.workspace = ground.workspace(), .witness = std::make_shared<CountingWitness>()});
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    const auto exit = sandbox->run("touch forbidden");
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code(), Code::kDiskFull);
    EXPECT_FALSE(fs::exists(ground.workspace() / "forbidden"));
}

}  // namespace
}  // namespace hearth::sandbox

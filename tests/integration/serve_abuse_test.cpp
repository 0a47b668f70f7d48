// The program under load by bad clients and with an engine that dies: the quick forms of two benchmarks, which tell of every fault.
#include <gtest/gtest.h>

#include "core/text.h"
#include "integration/engine_fixture.h"
#include "os/process.h"

namespace hearth::serve {
namespace {

class ServeAbuse : public engine::EngineTest {
protected:
    void expect_no_fault(std::vector<std::string> arguments) {
        const std::string script = std::string(HEARTH_SOURCE_DIR) + "/bench/serve/" + arguments.front();
        os::Command command{.argv = {"python3", script, "--program", HEARTH_PROGRAM},
                            .environment = os::environment_of({"PATH"})};
        command.argv.insert(command.argv.end(), arguments.begin() + 1, arguments.end());
        command.environment.emplace_back("HEARTH_HOME", folder_.path());
        const Result<os::Exit> run = os::run(command);
        ASSERT_TRUE(run) << run.error().message();
        EXPECT_TRUE(run->ok()) << run->out << run->err;
    }
};

TEST_F(ServeAbuse, TenThousandConnectionsAndWorseLeaveOthersAlone) {
    expect_no_fault({"abuse_bench.py", "--quick"});
}

TEST_F(ServeAbuse, AnEngineThatDiesUnderLoadIsToldOfAndTheLedgerAgrees) {
    expect_no_fault({"engine_kill_bench.py", "--kills", "2"});
}

}  // namespace
}  // namespace hearth::serve

// The self-test with the real engine: what works is chosen and remembered, what is broken is ruled out.
#include <gmock/gmock.h>

#include "integration/engine_fixture.h"

namespace hearth::engine {
namespace {

using testing::HasSubstr;

class EngineSelfTest : public EngineTest {};

TEST_F(EngineSelfTest, TheFirstVariantThatWorksIsChosenAndRemembered) {
    const auto supervisor = open();
    ASSERT_TRUE(supervisor);
    std::vector<std::string> steps;
    const LoadSink sink = [&](const LoadProgress& each) { steps.push_back(each.step); };
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), sink, {});
    ASSERT_TRUE(lease) << lease.error().message();
    EXPECT_EQ(lease->context_window, Tokens{2048});
    EXPECT_GT(lease->load_seconds, 0);
    EXPECT_THAT(steps, testing::Contains(HasSubstr("self-test")));

    // Those in front of it are not for this CPU, and none failed.
    const VerdictBook book = verdicts();
    ASSERT_FALSE(book.all().empty());
    EXPECT_EQ(book.all().back().outcome, Verdict::Outcome::kPassed);
    for (std::size_t i = 0; i + 1 < book.all().size(); ++i)
        EXPECT_EQ(book.all()[i].outcome, Verdict::Outcome::kNotForThisCpu) << book.all()[i].reason;
    EXPECT_THAT(lease->engine, HasSubstr("(" + book.all().back().variant + ")"));

    steps.clear();
    const auto again = open();
    ASSERT_TRUE(again && again->acquire("smollm2:135m", small_, small_options(), sink, {}));
    EXPECT_THAT(steps, testing::Not(testing::Contains(HasSubstr("self-test"))));
}

TEST_F(EngineSelfTest, AVariantThatDiesOfASignalIsRuledOutAndTheNextTaken) {
    add_broken_variant("sapphirerapids", "__builtin_trap();");
    const auto supervisor = open();
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    EXPECT_THAT(lease->engine, testing::Not(HasSubstr("sapphirerapids")));
    const VerdictBook book = verdicts();
    const Verdict* broken = verdict_of(book, "sapphirerapids");
    ASSERT_NE(broken, nullptr);
    EXPECT_EQ(broken->outcome, Verdict::Outcome::kFailed);
    EXPECT_THAT(broken->reason, HasSubstr("signal 4"));
}

TEST_F(EngineSelfTest, AVariantThatHangsIsRuledOutAndTheNextTaken) {
    add_broken_variant("sapphirerapids", "for (;;) pause();");
    Result<EngineChooser> chooser = EngineChooser::open(paths_, "this machine");
    ASSERT_TRUE(chooser) << chooser.error().message();
    const EngineBuild build = chooser->builds().front();
    ASSERT_EQ(build.variants.front().name, "sapphirerapids");
    const Result<RuntimeFolder> sockets = RuntimeFolder::create(paths_.runtime);
    ASSERT_TRUE(sockets);
    TestPlace place{.socket_folder = sockets->path(),
                    .log_folder = paths_.state / "logs",
                    .threads = 2,
                    .patience = 0.05};
    const Result<Verdict> hung = chooser->test(build, build.variants.front(), small_, place, {}, {});
    ASSERT_TRUE(hung) << hung.error().message();
    EXPECT_EQ(hung->outcome, Verdict::Outcome::kUnclear);
    EXPECT_THAT(hung->reason, HasSubstr("hung"));
    place.patience = 1;
    const Result<EngineChoice> choice = chooser->choose(small_, place, {}, {});
    ASSERT_TRUE(choice) << choice.error().message();
    EXPECT_NE(choice->variant.name, "sapphirerapids");
}

// A user's server that starts, answers and babbles.
TEST_F(EngineSelfTest, AServerWithWrongTokensIsRuledOutAndOursTaken) {
    const std::filesystem::path program = folder_.path() / "llama-server";
    std::ofstream(program) << R"py(#!/usr/bin/env python3
import http.server, json, socketserver, sys
if "--help" in sys.argv:
    print("--ctx-size N\n--parallel N")
    sys.exit(0)
class Handler(http.server.BaseHTTPRequestHandler):
    def address_string(self): return "local"
    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self): self.answer({"status": "ok"})
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"content": "GGGGGGGGGGGG"})
socketserver.ThreadingUnixStreamServer(sys.argv[sys.argv.index("--host") + 1], Handler).serve_forever()
)py";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    ::setenv("HEARTH_ENGINE", program.c_str(), 1);
    const auto supervisor = open();
    ::unsetenv("HEARTH_ENGINE");
    ASSERT_TRUE(supervisor);
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    EXPECT_THAT(lease->engine, HasSubstr("llama.cpp"));
    const VerdictBook book = verdicts();
    const Verdict* own = verdict_of(book, "own");
    ASSERT_NE(own, nullptr);
    EXPECT_EQ(own->outcome, Verdict::Outcome::kFailed);
    EXPECT_THAT(own->reason, HasSubstr("wrong tokens"));
    EXPECT_THAT(own->reason, HasSubstr("GGGG"));
}

// The server that hearth built, given as the user's own: its flags are read from --help.
TEST_F(EngineSelfTest, AServerOfTheUserIsUsedWhenItPasses) {
    const std::filesystem::path program = folder_.path() / "mine.sh";
    std::ofstream(program) << "#!/bin/sh\ncd '" << (engine_ / "cpu" / "haswell").string() << "' && exec '"
                           << real_.server.string() << "' \"$@\"\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    ::setenv("HEARTH_ENGINE", program.c_str(), 1);
    const auto supervisor = open();
    ::unsetenv("HEARTH_ENGINE");
    ASSERT_TRUE(supervisor);
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    EXPECT_EQ(lease->engine, program.string() + " (own)");
}

TEST_F(EngineSelfTest, WhenNothingWorksTheReasonsAreGiven) {
    std::filesystem::remove_all(engine_ / "cpu");
    add_broken_variant("haswell", "abort();");
    const auto supervisor = open();
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code(), Code::kUnavailable);
    EXPECT_THAT(lease.error().message(), HasSubstr("haswell: killed by signal 6"));
    EXPECT_THAT(lease.error().message(), HasSubstr("engine/build"));
}

}  // namespace
}  // namespace hearth::engine

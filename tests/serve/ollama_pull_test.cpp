#include "serve/ollama_pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::serve {
namespace {

using Phase = model::PullObserver::Phase;

const std::string kHash = "0123456789ab" + std::string(52, 'c');

std::string bar(int completed) {
    return R"({"status":"pulling 0123456789ab","digest":"sha256:)" + kHash + R"(","total":100,"completed":)" +
           std::to_string(completed) + "}\n";
}

PullView view_of(Phase phase, int done) {
    return {.sha256 = kHash,
            .phase = phase,
            .done = Bytes{done},
            .total = Bytes{100},
            .notices = {},
            .outcome = {}};
}

PullView ended(PullView view) {
    model::Pulled pulled;
    pulled.model.sha256 = kHash;
    pulled.model.size = Bytes{100};
    view.outcome = pulled;
    return view;
}

constexpr const char* kManifest = "{\"status\":\"pulling manifest\"}\n";
constexpr const char* kVerify = "{\"status\":\"verifying sha256 digest\"}\n";
constexpr const char* kWrite = "{\"status\":\"writing manifest\"}\n";

TEST(PullLines, TellAPullFromItsBeginningToItsEnd) {
    PullLines lines;
    EXPECT_EQ(lines.next({}), kManifest);
    EXPECT_EQ(lines.next({}), "");
    EXPECT_EQ(lines.next(view_of(Phase::kFetching, 10)), bar(10));
    EXPECT_EQ(lines.next(view_of(Phase::kFetching, 10)), "") << "nothing is new";
    EXPECT_EQ(lines.next(view_of(Phase::kVerifying, 5)), bar(100) + kVerify);
    EXPECT_EQ(lines.next(view_of(Phase::kVerifying, 50)), "");
    EXPECT_EQ(lines.next(ended(view_of(Phase::kVerifying, 100))), kWrite);
}

TEST(PullLines, OfAModelThatIsHereAreWhole) {
    PullLines lines;
    EXPECT_EQ(lines.next(ended({})), kManifest + bar(100) + kVerify + kWrite);
}

TEST(PullLines, NoticesAreToldOnce) {
    PullLines lines;
    PullView view = view_of(Phase::kFetching, 1);
    view.notices = {"Another one is first."};
    EXPECT_EQ(lines.next(view), std::string(kManifest) + "{\"status\":\"Another one is first.\"}\n" + bar(1));
    EXPECT_EQ(lines.next(view), "");
}

TEST(PullLines, AFileWithoutAKnownHashHasNoDigest) {
    PullLines lines;
    PullView view = view_of(Phase::kFetching, 1);
    view.sha256.clear();
    view.total.reset();
    EXPECT_EQ(lines.next(view),
              std::string(kManifest) + R"({"status":"pulling model","completed":1})" + "\n");
}

}  // namespace
}  // namespace hearth::serve

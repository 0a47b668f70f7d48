#include "serve/rerank_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::serve {
namespace {

TEST(RerankRequest, DocumentsAreTextsOrHaveOne) {
    const auto call = rerank_call(R"({"model":"m","query":"q","documents":["a",{"text":"b"}],"top_n":1})");
    ASSERT_TRUE(call) << call.error().message();
    EXPECT_EQ(rerank_body(*call), R"({"query":"q","documents":["a","b"]})");
    EXPECT_EQ(call->most, 1U);
    for (const auto* body : {R"({"model":"m","query":"q"})", R"({"model":"m","query":"q","documents":[]})",
                             R"({"model":"m","documents":["a"]})", R"({"query":"q","documents":["a"]})",
                             R"({"model":"m","query":"q","documents":[3]})"})
        EXPECT_FALSE(rerank_call(body)) << body;
}

TEST(Ranking, HasTheBestFirstAndNoMoreThanAskedFor) {
    const RerankCall call{
        .model = "m", .query = "q", .documents = {"a", "b", "c"}, .most = 2, .with_documents = true};
    const auto ranking = read_ranking(
        call,
        R"({"results":[{"index":0,"relevance_score":-1},{"index":1,"relevance_score":2.5},{"index":2,"relevance_score":0}],
        "usage":{"prompt_tokens":9}})");
    ASSERT_TRUE(ranking) << ranking.error().message();
    EXPECT_EQ(ranking->prompt.value, 9);
    EXPECT_EQ(parse_json(ranking->answer)->at("results"),
              parse_json(R"([{"index":1,"relevance_score":2.5,"document":{"text":"b"}},
                  {"index":2,"relevance_score":0.0,"document":{"text":"c"}}])")
                  .value());
    EXPECT_FALSE(read_ranking(call, R"({"results":[{"index":3,"relevance_score":1}]})"));
    EXPECT_FALSE(read_ranking(call, R"({"results":[{"index":0}]})"));
}

}  // namespace
}  // namespace hearth::serve

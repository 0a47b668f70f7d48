#include "serve/status_view.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::serve {
namespace {

Activity asking(const std::string& key, Stage stage) {
    Activity activity;
    activity.row.key = key;
    activity.row.model = "small";
    activity.stage = stage;
    return activity;
}

json::value status(const std::list<Activity>& activities, const std::string& key) {
    return parse_json(status_json("1", {}, activities, key)).value();
}

TEST(StatusJson, AKeySeesItsOwnRequestsOnly) {
    const std::list<Activity> activities = {asking("key_1", Stage::kPrefill),
                                            asking("key_2", Stage::kPrefill)};
    EXPECT_EQ(status(activities, "").at("requests").as_array().size(), 2U);
    const auto theirs = status(activities, "key_2").at("requests").as_array();
    ASSERT_EQ(theirs.size(), 1U);
    EXPECT_EQ(theirs[0].at("key"), "key_2");
}

TEST(StatusJson, AWaitingRequestHasItsPlace) {
    Activity waiting = asking("", Stage::kWaiting);
    waiting.place = {.position = 4, .seconds = 9};
    const auto request = status({waiting}, "").at("requests").as_array().at(0);
    EXPECT_EQ(request.at("stage"), "waiting");
    EXPECT_EQ(request.at("position"), 4);
    EXPECT_EQ(request.at("wait_seconds").as_double(), 9);
}

TEST(StatusJson, RequestsAboutNoModelAreLeftOut) {
    EXPECT_TRUE(status({Activity()}, "").at("requests").as_array().empty());
}

TEST(StatusJson, AModelThatLeftIsNotShown) {
    LoadedModel gone{.name = "gone", .serves = "gone", .loaded = false};
    LoadedModel coming{.name = "coming", .serves = "coming", .loaded = false, .loading = true};
    const auto models = parse_json(status_json("1", {gone, coming}, {}, "")).value().at("models").as_array();
    ASSERT_EQ(models.size(), 1U);
    EXPECT_EQ(models[0].at("name"), "coming");
}

}  // namespace
}  // namespace hearth::serve

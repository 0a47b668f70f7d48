#include "serve/model_views.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::serve {
namespace {

const Offer kOffer{.remote = "desk2",
                   .model = "there",
                   .host = "http://desk2:11434/v1",
                   .slots = 4,
                   .context = Tokens{4096},
                   .hops = 2,
                   .good = true};

TEST(ModelViews, AModelElsewhereHasOllamasMarks) {
    const auto tags = parse_json(ollama_tags({}, {{"here", {kOffer}}})).value();
    EXPECT_EQ(tags.at_pointer("/models/0/name"), "here");
    EXPECT_EQ(tags.at_pointer("/models/0/remote_model"), "there");
    EXPECT_EQ(tags.at_pointer("/models/0/remote_host"), "http://desk2:11434/v1");
    const auto show = parse_json(ollama_show_elsewhere("here", {kOffer})).value();
    EXPECT_EQ(show.at("remote_model"), "there");
    EXPECT_EQ(show.at_pointer("/details/context_length"), 4096);
    EXPECT_TRUE(show.at("capabilities").is_array());
}

TEST(ModelViews, PeersSeeHowFarAModelIs) {
    Offer nearer = kOffer;
    nearer.hops = 1;
    const auto model = parse_json(openai_model_elsewhere("here", {kOffer, nearer})).value();
    EXPECT_EQ(model.at("hops"), 1);
    EXPECT_EQ(model.at("owned_by"), "hearth");
    EXPECT_EQ(model.at("max_model_len"), 4096);
}

TEST(ModelViews, AWindowIsWhatIsServed) {
    model::InstalledModel installed;
    installed.name = "m";
    installed.manifest.context = Tokens{32768};
    const auto usual = parse_json(openai_model(installed, Tokens{8192})).value();
    EXPECT_EQ(usual.at("max_model_len"), 8192);
    EXPECT_EQ(usual.at("context_length"), 32768);
    installed.manifest.context = Tokens{2048};
    EXPECT_EQ(parse_json(openai_model(installed, Tokens{8192})).value().at("max_model_len"), 2048);
}

TEST(ModelViews, OneThatIsUsedElsewhereIsAmongTheRunning) {
    const LoadedModel used{.name = "here", .serves = "here", .running = 1, .remotes = {kOffer}};
    const LoadedModel gone{.name = "gone", .serves = "gone"};
    const auto ps = parse_json(ollama_ps({used, gone}, {})).value();
    ASSERT_EQ(ps.at("models").as_array().size(), 1U);
    EXPECT_EQ(ps.at_pointer("/models/0/remote_host"), "http://desk2:11434/v1");
    EXPECT_EQ(ps.at_pointer("/models/0/remotes/0/name"), "desk2");
}

}  // namespace
}  // namespace hearth::serve

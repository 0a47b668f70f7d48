// What the clients of each dialect get for a stream of the engine. A case is a file in tests/data/serve/streams: NAME.sse, the engine's stream,
// which for an engine that died ends in the middle, or NAME.refused, what it says instead of one. Beside it is for each dialect what its
// client gets, as a stream and, where there is an answer, in one piece. Ids that are made anew each time are numbered, times are 0. After a
// wanted change, these tests with HEARTH_UPDATE_GOLDEN=1 write those files anew; read the difference before it is kept.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include <boost/json.hpp>

#include "chat/openai_error.h"
#include "core/json.h"
#include "os/files.h"
#include "serve/anthropic_messages.h"
#include "serve/detail/chat_answers.h"
#include "serve/ollama_chat.h"
#include "serve/openai_chat.h"
#include "serve/openai_responses.h"
#include "serve/reply_stream.h"
#include "support/stream_rules.h"

namespace hearth::serve {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(HEARTH_SOURCE_DIR) / "tests/data/serve/streams";

struct Dialect {
    const char* name;
    std::unique_ptr<ReplyEncoder> (*encoder)(const ResponsesCall& call);
    rules::Broken (*broken_rule)(std::string_view stream);
};

void PrintTo(const Dialect& dialect, std::ostream* out) { *out << dialect.name; }

const Dialect kDialects[] = {
    {.name = "openai",
     .encoder = [](const ResponsesCall& call) { return openai_chat_encoder(call.chat); },
     .broken_rule = rules::openai},
    {.name = "anthropic",
     .encoder = [](const ResponsesCall& call) { return anthropic_encoder(call.chat); },
     .broken_rule = rules::anthropic},
    {.name = "ollama",
     .encoder = [](const ResponsesCall& call) { return ollama_encoder(call.chat, OllamaForm::kChat); },
     .broken_rule = rules::ollama},
    {.name = "responses",
     .encoder = [](const ResponsesCall& call) -> std::unique_ptr<ReplyEncoder> {
         return responses_encoder(call);
     },
     .broken_rule = rules::responses},
};

// One for all dialects, so that the same tools are on offer.
ResponsesCall the_call() {
    const auto request = os::read_file(kData / "request.json");
    EXPECT_TRUE(request);
    auto call = responses_call(request.value_or(""), {});
    EXPECT_TRUE(call) << call.error().message();
    call->chat.stop_sequences = {"7", "4"};  // those of the request behind stop.sse
    return *call;
}

struct Played {
    std::string stream;
    std::optional<chat::Reply> reply;
};

// As answer_chat() does it.
Played play(const ResponsesCall& call, ReplyEncoder& encoder, const std::string& engine, std::size_t size) {
    Played played;
    ReplyStream stream(call.chat, encoder, {});
    Status fed;
    for (std::size_t at = 0; at < engine.size() && fed; at += size) {
        ReplyStream::Fed piece = stream.feed(std::string_view(engine).substr(at, size));
        fed = piece.status;
        played.stream += piece.out;
    }
    if (fed && !stream.done()) fed = Error(Code::kUnavailable, "the engine was killed by signal 9");
    if (fed) {
        played.reply = std::move(stream).take();
        played.stream += encoder.end(*played.reply, {});
    } else {
        played.stream += encoder.broken(fed.error());
    }
    played.stream.insert(0, encoder.begin());
    return played;
}

// Every run of so many hexadecimal digits as its number, every time as 0.
std::string without_what_changes(std::string_view text) {
    std::string out;
    std::vector<std::string_view> ids;
    while (!text.empty()) {
        const auto digits = std::min(text.find_first_not_of("0123456789abcdef"), text.size());
        if (digits == 24 || digits == 32) {
            const auto id = text.substr(0, digits);
            const auto known = std::ranges::find(ids, id);
            out += fmt::format("ID{}", known - ids.begin());
            if (known == ids.end()) ids.push_back(id);
        } else {
            out += text.substr(0, std::max<std::size_t>(digits, 1));
        }
        text.remove_prefix(std::max<std::size_t>(digits, 1));
        if (!out.ends_with("\"created_at\":") && !out.ends_with("\"created\":")) continue;
        text.remove_prefix(text.starts_with("\"") ? text.find('"', 1) + 1 : text.find_first_of(",}"));
        out += "0";
    }
    return out;
}

std::vector<std::string> cases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kData))
        if (entry.path().extension() == ".sse") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    return names;
}

void compare(const fs::path& file, const std::string& got) {
    if (std::getenv("HEARTH_UPDATE_GOLDEN") != nullptr) {
        ASSERT_TRUE(os::write_file_atomic(file, got));
    }
    const auto expected = os::read_file(file);
    ASSERT_TRUE(expected) << expected.error().message();
    EXPECT_EQ(got, *expected);
}

std::string whole_words(const net::WholeResponse& whole) {
    return fmt::format("== in one piece, {}\n{}\n", whole.status, whole.body);
}

class GoldenStream : public testing::TestWithParam<std::tuple<std::string, Dialect>> {
protected:
    void SetUp() override {
        const auto engine = os::read_file(kData / (std::get<0>(GetParam()) + ".sse"));
        ASSERT_TRUE(engine);
        engine_ = *engine;
    }

    [[nodiscard]] const Dialect& dialect() const { return std::get<1>(GetParam()); }

    [[nodiscard]] Played played(std::size_t size) const {
        const auto encoder = dialect().encoder(call_);
        return play(call_, *encoder, engine_, size);
    }

    ResponsesCall call_ = the_call();
    std::string engine_;
};

TEST_P(GoldenStream, IsWhatTheClientGets) {
    const Played answer = played(engine_.size());
    std::string got = answer.stream;
    if (answer.reply) got += whole_words(dialect().encoder(call_)->whole(*answer.reply, {}));
    compare(kData / (std::get<0>(GetParam()) + "." + dialect().name), without_what_changes(got));
}

TEST_P(GoldenStream, KeepsTheRulesOfItsDialect) {
    EXPECT_EQ(dialect().broken_rule(played(engine_.size()).stream).value_or("none"), "none");
}

TEST_P(GoldenStream, IsTheSameInPiecesOfAnySize) {
    const std::string expected = without_what_changes(played(engine_.size()).stream);
    for (const std::size_t size : {1, 7, 64, 1000})
        EXPECT_EQ(without_what_changes(played(size).stream), expected) << "pieces of " << size;
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenStream,
                         testing::Combine(testing::ValuesIn(cases()), testing::ValuesIn(kDialects)),
                         [](const auto& each) {
                             return std::get<0>(each.param) + "_" + std::get<1>(each.param).name;
                         });

class GoldenRefusal : public testing::TestWithParam<Dialect> {};

// With a status when nothing was sent yet; else, because the client was told that it waits, as the only word of a stream.
TEST_P(GoldenRefusal, HasBothCountsInTheFormOfItsDialect) {
    const auto body = os::read_file(kData / "overflow.refused");
    ASSERT_TRUE(body);
    const Error error = chat::openai_error_body(*body, 400);
    const auto encoder = GetParam().encoder(the_call());
    const std::string stream = encoder->begin() + encoder->broken(error);
    EXPECT_EQ(GetParam().broken_rule(stream).value_or("none"), "none");
    EXPECT_THAT(stream, testing::AllOf(testing::HasSubstr("5030"), testing::HasSubstr("4096")));
    compare(kData / (std::string("overflow.") + GetParam().name),
            without_what_changes(stream + whole_words(encoder->refusal(error))));
}

INSTANTIATE_TEST_SUITE_P(Overflow, GoldenRefusal, testing::ValuesIn(kDialects),
                         [](const auto& each) { return std::string(each.param.name); });

// They are asked of the engine one by one.
TEST(ReplyStream, SeveralAnswersAreOneStream) {
    const ResponsesCall call = the_call();
    const auto encoder = openai_chat_encoder(call.chat);
    std::string out;
    chat::Reply all;
    for (const auto* name : {"text", "length"}) {
        const auto engine = os::read_file(kData / (std::string(name) + ".sse"));
        ASSERT_TRUE(engine);
        const int index = static_cast<int>(all.answers.size());
        ReplyStream stream(call.chat, *encoder, {.index = index});
        out += stream.feed(*engine).out;
        detail::add_to(all, std::move(stream).take(), index > 0);
    }
    out += encoder->end(all, {});
    EXPECT_EQ(rules::openai(out).value_or("none"), "none");
    EXPECT_THAT(out, testing::HasSubstr(R"({"finish_reason":"length","index":1,)"));
    EXPECT_THAT(
        out, testing::HasSubstr(R"("usage":{"prompt_tokens":36,"completion_tokens":19,"total_tokens":55,)"));
}

// What is kept is what was sent, as a stream or in one piece.
TEST(ResponsesStream, EndsWithTheResponseThatIsKept) {
    const ResponsesCall call = the_call();
    for (const std::string& name : cases()) {
        const auto engine = os::read_file(kData / (name + ".sse"));
        ASSERT_TRUE(engine);
        const auto encoder = responses_encoder(call);
        const Played played = play(call, *encoder, *engine, engine->size());
        if (!played.reply) continue;
        const auto kept = encoder->response(*played.reply);
        EXPECT_EQ(parse_json(kept).value(),
                  rules::events_of(played.stream).value().back().data.at("response"))
            << name;
        // A whole answer has its text in one item, before the calls.
        if (name == "text_around_tool") continue;
        // A second may have begun between the two.
        EXPECT_EQ(without_what_changes(responses_encoder(call)->whole(*played.reply, {}).body),
                  without_what_changes(kept))
            << name;
    }
}

}  // namespace
}  // namespace hearth::serve

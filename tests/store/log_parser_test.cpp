#include "store/log_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "store/crc32c.h"

namespace hearth::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Parsed {
    std::vector<std::string> records;
    std::vector<std::optional<std::uint64_t>> seqs;
    LogReport report;
};

Parsed parse(std::string_view bytes, std::size_t piece = 0, const LogLimits& limits = {}) {
    Parsed parsed;
    LogParser parser(
        [&](const LogRecord& record) {
            parsed.records.emplace_back(record.json);
            parsed.seqs.push_back(record.seq);
            return true;
        },
        limits);
    if (piece == 0) piece = bytes.size() + 1;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        parser.feed(bytes.substr(at, piece));
    parsed.report = std::move(parser).finish();
    return parsed;
}

std::string line_of(std::string_view record, std::uint64_t seq) {
    auto line = marked_line(record, seq);
    EXPECT_TRUE(line) << (line ? "" : line.error().message());
    return line.value_or("");
}

TEST(Crc32c, AgreesWithPublishedValues) {
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);    // RFC 3720, B.4
    EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);  // RFC 3720, B.4
}

TEST(MarkedLine, PutsTheMarkLastAndSumsWhatStandsBefore) {
    const auto line = line_of(R"({"a":1})", 7);
    const std::string covered = R"({"a":1,"hearth":{"seq":7)";
    EXPECT_EQ(line, covered + fmt::format(R"(,"crc":"{:08x}"}}}})", crc32c(covered)) + "\n");
}

TEST(MarkedLine, GivesBackTheRecordAsItWas) {
    for (const std::string record : {R"({})", R"({"a":1})", R"({"a":{"b":[1,2,{"c":"}}"}]}, "d" : null})",
                                     R"({"text":"\",\"hearth\":{\"seq\":1,\"crc\":\"00000000\"}}"})"}) {
        const auto parsed = parse(line_of(record, 1));
        EXPECT_THAT(parsed.records, ElementsAre(record));
        EXPECT_THAT(parsed.seqs, ElementsAre(1U));
        EXPECT_THAT(parsed.report.notices, IsEmpty());
    }
}

TEST(MarkedLine, RefusesWhatIsNoRecord) {
    for (const std::string record :
         {"", "[]", "1", "{", R"({"a":1}{"b":2})", "{\n}", R"({"hearth":{}})", "{\"a\":\"\xFF\"}"}) {
        const auto line = marked_line(record, 1);
        ASSERT_FALSE(line) << record;
        EXPECT_TRUE(line.error().code() == Code::kInvalidInput || line.error().code() == Code::kCorrupt)
            << record;
    }
}

TEST(MarkedLine, RefusesALineOverTheLimit) {
    const auto line = marked_line(R"({"a":"0123456789"})", 1, {.max_line = 40});
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().code(), Code::kTooLarge);
}

TEST(LogParser, AcceptsLinesOfOtherWriters) {
    const auto parsed = parse("\xEF\xBB\xBF{\"type\":\"session\",\"version\":3}\r\n\n  {\"x\":[1,\"é\"]} \n");
    EXPECT_THAT(parsed.records, ElementsAre(R"({"type":"session","version":3})", R"({"x":[1,"é"]})"));
    EXPECT_THAT(parsed.seqs, ElementsAre(std::nullopt, std::nullopt));
    EXPECT_THAT(parsed.report.notices, IsEmpty());
}

TEST(LogParser, SkipsADamagedLineAndKeepsTheLaterOnes) {
    auto bytes = line_of(R"({"n":1})", 1) + line_of(R"({"n":2})", 2) + line_of(R"({"n":3})", 3);
    bytes[bytes.find("\"n\":2") + 4] = '9';
    const auto parsed = parse(bytes);
    EXPECT_THAT(parsed.records, ElementsAre(R"({"n":1})", R"({"n":3})"));
    EXPECT_EQ(parsed.report.skipped, 1U);
    ASSERT_EQ(parsed.report.notices.size(), 1U);
    EXPECT_EQ(parsed.report.notices[0].fault, LogFault::kDamaged);
    EXPECT_EQ(parsed.report.notices[0].line, 2U);
    EXPECT_THAT(parsed.report.notices[0].text, HasSubstr("line 2"));
}

TEST(LogParser, SaysWhenRecordsAreMissingOrDoubled) {
    const auto one = line_of(R"({"n":1})", 1);
    const auto missing = parse(one + line_of(R"({"n":4})", 4));
    ASSERT_EQ(missing.report.notices.size(), 1U);
    EXPECT_EQ(missing.report.notices[0].fault, LogFault::kOutOfStep);
    EXPECT_THAT(missing.report.notices[0].text, HasSubstr("2 to 3"));
    const auto doubled = parse(one + one);
    EXPECT_EQ(doubled.records.size(), 2U);
    ASSERT_EQ(doubled.report.notices.size(), 1U);
    EXPECT_EQ(doubled.report.notices[0].fault, LogFault::kOutOfStep);
}

TEST(LogParser, SkipsLinesThatAreTooLongInBoundedMemory) {
    const LogLimits limits{.max_line = 64};
    const auto bytes = R"({"a":")" + std::string(100'000, 'x') + "\"}\n" + R"({"b":1})" + "\n";
    const auto parsed = parse(bytes, 1000, limits);
    EXPECT_THAT(parsed.records, ElementsAre(R"({"b":1})"));
    ASSERT_EQ(parsed.report.notices.size(), 1U);
    EXPECT_EQ(parsed.report.notices[0].fault, LogFault::kTooLong);
}

TEST(LogParser, SurvivesOddLines) {
    const std::string nul(3, '\0');
    const auto deep = std::string(500, '[') + std::string(500, ']');
    const auto parsed =
        parse(nul + "\n[1]\n\"x\"\n{\"a\":" + deep + "}\nnull\n{\"a\":1}{\"b\":2}\n{\"ok\":true}\n");
    EXPECT_THAT(parsed.records, ElementsAre(R"({"ok":true})"));
    EXPECT_EQ(parsed.report.skipped, 6U);
}

TEST(LogParser, KeepsAWholeLastLineWithoutItsLineFeed) {
    const auto first = line_of(R"({"n":1})", 1);
    auto second = line_of(R"({"n":2})", 2);
    second.pop_back();
    const auto parsed = parse(first + second);
    EXPECT_EQ(parsed.records.size(), 2U);
    EXPECT_TRUE(parsed.report.lacks_newline);
    EXPECT_EQ(parsed.report.torn_bytes, 0U);
    EXPECT_EQ(parsed.report.good_bytes, first.size() + second.size());
}

TEST(LogParser, IsTheSameForEveryPieceSize) {
    auto bytes = line_of(R"({"n":1,"text":"é\n"})", 1) + "{\"plain\":true}\r\n\nrubbish\n" +
                 line_of("{}", 2) + "{\"torn\":";
    const auto whole = parse(bytes);
    EXPECT_EQ(whole.records.size(), 3U);
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
        const auto parts = parse(bytes, piece);
        EXPECT_EQ(parts.records, whole.records) << piece;
        EXPECT_EQ(parts.report.good_bytes, whole.report.good_bytes) << piece;
        EXPECT_EQ(parts.report.torn_bytes, 8U) << piece;
        EXPECT_EQ(parts.report.notices.size(), whole.report.notices.size()) << piece;
    }
}

TEST(LogParser, KeepsWhatStandsBeforeACutAtEveryByte) {
    std::vector<std::string> records;
    std::vector<std::size_t> ends;
    std::string bytes;
    for (std::uint64_t n = 1; n <= 5; ++n) {
        records.push_back(fmt::format(R"({{"n":{},"text":"{}"}})", n, std::string(n * 7, 'a')));
        bytes += line_of(records.back(), n);
        ends.push_back(bytes.size());
    }
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        const auto parsed = parse(std::string_view(bytes).substr(0, cut));
        // A record is whole from its closing brace on, one byte before the end of its line.
        std::size_t whole = 0;
        while (whole < ends.size() && ends[whole] - 1 <= cut)
            ++whole;
        EXPECT_THAT(parsed.records, ::testing::ElementsAreArray(records.begin(), records.begin() + whole))
            << cut;
        EXPECT_EQ(parsed.report.good_bytes + parsed.report.torn_bytes, cut);
    }
}

TEST(LogParser, NeverTellsARecordThatAFlippedBitChanged) {
    std::vector<std::string> records;
    std::string bytes;
    for (std::uint64_t n = 1; n <= 3; ++n) {
        records.push_back(fmt::format(R"({{"n":{},"text":"some text"}})", n));
        bytes += line_of(records.back(), n);
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto damaged = bytes;
            damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << bit));
            const auto parsed = parse(damaged);
            std::size_t intact = 0;
            for (const auto& record : parsed.records) {
                if (record == records[0] || record == records[1] || record == records[2]) {
                    ++intact;
                } else {
                    // Only a changed name of the mark can pass: then the record itself is as it was written.
                    EXPECT_THAT(record, HasSubstr("\"text\":\"some text\",\"")) << at << " " << bit;
                }
            }
            EXPECT_GE(intact + 2, records.size()) << at << " " << bit;
            EXPECT_TRUE(intact == 3 || !parsed.report.notices.empty() || parsed.records.size() == 3)
                << at << " " << bit;
        }
    }
}

}  // namespace
}  // namespace hearth::store

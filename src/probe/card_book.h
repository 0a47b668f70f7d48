#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "probe/card.h"

namespace hearth::probe {

// The cards of this user: <data>/cards/<model>-<engine build>.json, both as the first digits of hashes. A file that cannot be read, or
// that says it is of another model, is none.
// Threads: any; processes may write at the same time, the last one wins.
class CardBook {
public:
    explicit CardBook(const std::filesystem::path& data_folder) : folder_(data_folder / "cards") {}

    // The newest card of the model (engine::model_key()), whatever engine it was made with. Nothing where there is none.
    [[nodiscard]] std::optional<Card> newest(std::string_view model) const;

    // Replaces the card of the same model and engine build. Errors: of writing the file.
    [[nodiscard]] Status keep(const Card& card) const;

    // Removes all cards of the model; how many there were.
    [[nodiscard]] Result<int> forget(std::string_view model) const;

    // Where the card of the model with that engine build is kept. Pure.
    [[nodiscard]] std::filesystem::path file_of(std::string_view model, std::string_view engine_build) const;

private:
    [[nodiscard]] std::vector<std::filesystem::path> files_of(std::string_view model) const;

    std::filesystem::path folder_;
};

}  // namespace hearth::probe

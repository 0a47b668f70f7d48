#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::tui {

// What a terminal puts into one place: a character with what combines with it.
struct Cluster {
    std::string text;
    int width = 1;  // cells: 0 to 2
};

// How many bytes of `text`, which is valid UTF-8 and not empty, its first cluster has (UAX #29): "é" of two code points, a flag, a family of emoji.
[[nodiscard]] std::size_t cluster_bytes(std::string_view text);

// Text from outside as clusters that are safe to print: no byte of it is a control character. Control bytes, C1 and bidirectional
// controls and bad UTF-8 become escapes such as \x1b, tabs become spaces up to the next multiple of four from `column`. A line feed
// is shown as an escape, too: break lines before. Pure.
[[nodiscard]] std::vector<Cluster> clusters(std::string_view text, int column = 0);

// Cells that the text takes when it is printed as clusters().
[[nodiscard]] int text_width(std::string_view text);

// The longest front of the text that fits into `cells`, as printed; with an ellipsis where something was cut.
[[nodiscard]] std::string fit(std::string_view text, int cells);

}  // namespace hearth::tui

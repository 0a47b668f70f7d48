#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::eval::detail {

// The words of an identifier with what stands between them: "read_meterValue2" is "read", "_", "meter", "Value", "2".
[[nodiscard]] std::vector<std::string> identifier_words(std::string_view identifier);

// New identifiers for old ones: every word becomes a pronounceable word that is no word of `taken`, the same one each time, in the
// same form. Words in `kept`, single letters and numbers stay. Pure.
[[nodiscard]] std::map<std::string, std::string> nonsense_names(const std::set<std::string>& identifiers,
                                                                const std::set<std::string>& taken,
                                                                const std::set<std::string>& kept,
                                                                std::uint64_t seed);

}  // namespace hearth::eval::detail

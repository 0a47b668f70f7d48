#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/build.h"

namespace hearth::engine {

// What a self-test said about one variant of one build on this machine.
struct Verdict {
    // kUnclear: it hung or the system killed it, which may have been the machine's fault; tried again after an hour.
    enum class Outcome : std::uint8_t { kPassed, kFailed, kNotForThisCpu, kUnclear };

    std::string engine;  // build id
    std::string server;  // path of the program
    std::string variant;
    std::string fingerprint;  // build_fingerprint()
    std::string machine;      // capacity::machine_identity()
    Outcome outcome = Outcome::kFailed;
    std::string reason;  // in words; empty when it passed
    std::string model;   // that it was tested with
    double seconds = 0;
    std::int64_t unix_time = 0;
};

[[nodiscard]] std::string_view outcome_name(Verdict::Outcome outcome);

// The verdicts kept in one JSON file. A file that cannot be read counts as empty: the cost is a test again.
// Threads: one owner; processes may write at the same time, the last one wins.
class VerdictBook {
public:
    static VerdictBook load(const std::filesystem::path& file);

    // The verdict for exactly this build, variant and machine, or nullptr. Valid until the next record().
    [[nodiscard]] const Verdict* find(const EngineBuild& build, const Variant& variant,
                                      std::string_view fingerprint, std::string_view machine) const;

    // Adds it in place of what was known about the same variant of the same program, and writes the file.
    [[nodiscard]] Status record(Verdict verdict);

    [[nodiscard]] const std::vector<Verdict>& all() const { return verdicts_; }

private:
    std::filesystem::path file_;
    std::vector<Verdict> verdicts_;
};

// The file's text and back. Entries that are not understood are left out. Pure.
[[nodiscard]] std::string encode_verdicts(const std::vector<Verdict>& verdicts);
[[nodiscard]] Result<std::vector<Verdict>> decode_verdicts(std::string_view text);

}  // namespace hearth::engine

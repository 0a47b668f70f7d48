#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::app {

// Rows under headings, columns as wide as their widest cell (by code points), right-aligned where `numeric`
// says so.
struct Table {
    std::vector<std::string> headings;
    std::vector<bool> numeric;  // one a column; may be shorter
    std::vector<std::vector<std::string>> rows;
};

[[nodiscard]] std::string render_table(const Table& table);

[[nodiscard]] bool is_terminal(int descriptor);

// Progress of one long step on standard error. On a terminal one line is redrawn with a bar and the time that
// is left; elsewhere a line every ten seconds. Nothing is shown for a step that ends within a second.
class Progress {
public:
    explicit Progress(std::string title);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // `fraction` from 0 to 1 when known; `detail` such as "412 of 1066 MiB, 48 MiB/s".
    void update(std::optional<double> fraction, std::string_view detail);

    // Ends the line with what came of it; the destructor clears a line that was not finished.
    void finish(std::string_view outcome);

private:
    using Clock = std::chrono::steady_clock;
    std::string title_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_ = start_;
    bool shown_ = false;
    bool terminal_;
};

}  // namespace hearth::app

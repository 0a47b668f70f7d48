#include "probe/edit_tasks.h"

#include <fmt/format.h>
#include <random>
#include <utility>

#include "core/result.h"
#include "core/text.h"

namespace hearth::probe {
namespace {

// Numbers that occur once each, so that a change has one place.
struct Numbers {
    int limit;
    int fee;
    int new_fee;
};

std::string shop(const Numbers& numbers) {
    return fmt::format(
        "def total(prices):\n"
        "    result = 0\n"
        "    for price in prices:\n"
        "        print(price)\n"
        "        result += price\n"
        "    return result\n"
        "\n"
        "\n"
        "def shipping(weight):\n"
        "    if weight > {}:\n"
        "        return {}\n"
        "    return 5\n"
        "\n"
        "\n"
        "def label(names):\n"
        "    return \", \".join(names)\n"
        "\n"
        "\n"
        "def mean(values):\n"
        "    return sum(values) / len(values)\n",
        numbers.limit, numbers.fee);
}

EditTask task(const Numbers& numbers, std::string function, std::string words, std::string_view from,
              std::string_view to) {
    EditTask task{.file = "shop.py",
                  .content = shop(numbers),
                  .function = std::move(function),
                  .words = std::move(words),
                  .expected = {}};
    task.expected = replace_all(task.content, from, to);
    HEARTH_ASSERT(task.expected != task.content);
    return task;
}

// Without a comment at its end; '#' within quotes stays.
std::string_view without_comment(std::string_view line) {
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '#') {
            return line.substr(0, at);
        }
    }
    return line;
}

std::string bare(std::string_view code) {
    std::string out;
    for (const auto line : split_lines(code)) {
        const auto kept = without_comment(line);
        const auto end = kept.find_last_not_of(" \t\r");
        if (end == std::string_view::npos) continue;
        out += replace_all(kept.substr(0, end + 1), "'", "\"");
        out += '\n';
    }
    return out;
}

}  // namespace

std::vector<EditTask> edit_tasks(unsigned seed) {
    std::mt19937 random(seed);  // whose numbers are the same everywhere
    const auto between = [&](int low, int high) {
        return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
    };
    const Numbers numbers{.limit = between(20, 39), .fee = between(11, 19), .new_fee = between(41, 99)};
    const auto limit = fmt::format("weight > {}:", numbers.limit);
    std::vector<EditTask> tasks;
    tasks.push_back(task(numbers, "shipping",
                         fmt::format("Shipping of heavy parcels costs {} now. Change `shipping` so that it "
                                     "returns {} where it returned {}.",
                                     numbers.new_fee, numbers.new_fee, numbers.fee),
                         fmt::format("return {}\n", numbers.fee),
                         fmt::format("return {}\n", numbers.new_fee)));
    tasks.push_back(task(numbers, "label",
                         "`label` must put \" / \" between the names, where it has \", \" now.", "\", \"",
                         "\" / \""));
    tasks.push_back(task(numbers, "total",
                         "`total` prints each price, which was there for debugging. Take the print out of "
                         "`total` and change nothing else.",
                         "        print(price)\n", ""));
    tasks.push_back(task(numbers, "shipping",
                         fmt::format("In `shipping` a weight of exactly {} must count as heavy, too: use >= "
                                     "in its comparison.",
                                     numbers.limit),
                         limit, fmt::format("weight >= {}:", numbers.limit)));
    tasks.push_back(task(numbers, "mean",
                         "`mean` fails for an empty list. Put these two lines at its beginning: `if not "
                         "values:` and `return 0`.",
                         "def mean(values):\n", "def mean(values):\n    if not values:\n        return 0\n"));
    return tasks;
}

bool same_code(std::string_view a, std::string_view b) { return bare(a) == bare(b); }

}  // namespace hearth::probe

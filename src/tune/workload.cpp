#include "tune/workload.h"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace hearth::tune {

namespace {

// The engine of the standard, whose numbers are the same everywhere; its distributions are not.
class Choice {
public:
    explicit Choice(std::uint64_t seed) : engine_(seed) {}

    std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }

    int between(int low, int high) {
        return low + static_cast<int>(below(static_cast<std::size_t>(high - low) + 1));
    }

    const char* of(std::span<const char* const> words) { return words[below(words.size())]; }

private:
    std::mt19937_64 engine_;
};

constexpr std::array kThings = {"parcel", "ticket", "sensor",   "invoice", "booking", "reading",
                                "ledger", "batch",  "shipment", "account", "device",  "order"};
constexpr std::array kFields = {"weight", "price", "distance", "priority", "duration", "level",
                                "volume", "score", "amount",   "delay",    "pressure", "count"};
constexpr std::array kPlaces = {"harbour", "market", "mill",   "station", "library", "bakery",
                                "quarry",  "bridge", "school", "garden",  "theatre", "foundry"};
constexpr std::array kPeople = {"Anna",  "Bertil", "Chidi", "Dolores", "Emre", "Fatima",
                                "Goran", "Hanako", "Ivo",   "Jamila",  "Kofi", "Lena"};
constexpr std::array kTopics = {"why ships float",
                                "how a bicycle stays upright",
                                "what yeast does to dough",
                                "why the sky is blue at noon and red at dusk",
                                "how a lock on a canal works",
                                "why leaves change colour in autumn",
                                "how a refrigerator cools",
                                "what makes a tide high or low"};

// One function of a file, in one of six shapes.
std::string function_text(std::size_t shape, std::string_view thing, std::string_view field,
                          std::string_view other, int number) {
    switch (shape) {
        case 0:
            return fmt::format(
                "def heavy_{0}s({0}s, limit={3}):\n    \"\"\"The {0}s whose {1} is over the limit.\"\"\"\n"
                "    found = []\n    for {0} in {0}s:\n        if {0}[\"{1}\"] > limit:\n"
                "            found.append({0}[\"{2}\"])\n    return found\n",
                thing, field, other, number);
        case 1:
            return fmt::format(
                "def total_{1}({0}s):\n    \"\"\"Adds up the {1} of every {0} that has one.\"\"\"\n"
                "    total = 0\n    for {0} in {0}s:\n        total += {0}.get(\"{1}\", {3})\n"
                "    return total\n",
                thing, field, other, number);
        case 2:
            return fmt::format(
                "def by_{1}({0}s):\n    \"\"\"Groups {0}s by their {1} in steps of {3}.\"\"\"\n"
                "    groups = {{}}\n    for {0} in {0}s:\n        key = {0}[\"{1}\"] // {3}\n"
                "        groups.setdefault(key, []).append({0})\n    return groups\n",
                thing, field, other, number);
        case 3:
            return fmt::format(
                "def describe_{0}({0}):\n    \"\"\"One line for a person.\"\"\"\n"
                "    name = {0}.get(\"name\", \"unnamed {0}\")\n"
                "    return f\"{{name}}: {1} {{{0}['{1}']}}, {2} {{{0}['{2}']}}\"\n",
                thing, field, other, number);
        case 4:
            return fmt::format(
                "def largest_{1}({0}s):\n    \"\"\"The {0} with the most {1}, or None.\"\"\"\n"
                "    if not {0}s:\n        return None\n"
                "    return max({0}s, key=lambda {0}: ({0}[\"{1}\"], -{0}[\"{2}\"]))\n",
                thing, field, other, number);
        default:
            return fmt::format(
                "def check_{0}({0}):\n    \"\"\"What is wrong with a {0}.\"\"\"\n    faults = []\n"
                "    if {0}[\"{1}\"] < {3}:\n        faults.append(\"{1} is too small\")\n"
                "    if {0}[\"{2}\"] is None:\n        faults.append(\"{2} is missing\")\n    return "
                "faults\n",
                thing, field, other, number);
    }
}

std::string edit_text(Choice& choice) {
    constexpr std::size_t kFunctions = 4;
    const int before = choice.between(11, 49);
    std::string file =
        fmt::format("\"\"\"Rules for every {}.\"\"\"\n\nMOST_AT_ONCE = {}\n", choice.of(kThings), before);
    std::size_t shape = choice.below(6);
    for (std::size_t i = 0; i < kFunctions; ++i, ++shape) {
        const std::size_t field = choice.below(kFields.size());
        const std::size_t other = (field + 1 + choice.below(kFields.size() - 1)) % kFields.size();
        file += "\n\n" + function_text(shape % 6, choice.of(kThings), kFields[field], kFields[other],
                                       choice.between(2, 99));
    }
    return fmt::format(
        "Here is the file rules.py:\n\n```python\n{}```\n\nChange MOST_AT_ONCE from {} to {}. Answer "
        "with the whole file in one code block, every other line as it is, and nothing else.",
        file, before, before + choice.between(1, 40));
}

std::string document_text(Choice& choice) {
    constexpr int kEntries = 30;
    std::string text = "This is the day book of a small town.\n\n";
    const int asked = choice.between(5, kEntries - 5);
    std::string place;
    for (int entry = 1; entry <= kEntries; ++entry) {
        const char* const where = choice.of(kPlaces);
        if (entry == asked) place = where;
        text += fmt::format("Entry {}. {} came to the {} with {} {}s, and {} noted a {} of {}.\n", entry,
                            choice.of(kPeople), where, choice.between(2, 60), choice.of(kThings),
                            choice.of(kPeople), choice.of(kFields), choice.between(100, 999));
    }
    return text + fmt::format("\nWhere did somebody come to in entry {}? Answer with one word.", asked);
}

std::string chat_text(Choice& choice) {
    return fmt::format("{} asks you, from the {}: explain {} in a few sentences.", choice.of(kPeople),
                       choice.of(kPlaces), choice.of(kTopics));
}

chat::Request request_of(std::string text, std::int64_t most) {
    chat::Request request;
    request.messages.push_back({.role = chat::Role::kUser, .text = std::move(text)});
    request.max_tokens = Tokens{most};
    return request;
}

}  // namespace

std::string_view workload_name(Workload workload) {
    switch (workload) {
        case Workload::kChat: return "chat";
        case Workload::kEdit: return "code edit";
        case Workload::kDocument: return "long document";
        case Workload::kTwoUsers: return "two users";
    }
    return "";
}

std::string_view measure_name(Workload workload) {
    if (workload == Workload::kDocument) return "tokens/s read";
    return workload == Workload::kTwoUsers ? "longest pause" : "tokens/s written";
}

chat::Request workload_request(Workload workload, std::uint64_t seed) {
    Choice choice(seed);
    switch (workload) {
        case Workload::kChat: return request_of(chat_text(choice), 64);
        case Workload::kEdit: return request_of(edit_text(choice), 480);
        case Workload::kDocument: return request_of(document_text(choice), 4);
        case Workload::kTwoUsers: return request_of(chat_text(choice), 400);
    }
    return {};
}

}  // namespace hearth::tune

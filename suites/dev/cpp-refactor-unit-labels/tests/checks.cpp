#include "checks.h"
#include "labels.h"

#include <fstream>

static std::vector<std::string> source() {
    std::ifstream file("labels.cpp");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

static int calls(const std::string& word) {
    int count = 0;
    for (const auto& line : source()) {
        for (auto at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) ++count;
    }
    return count;
}

int main() {
    checks::same("0 mm", length(0), "0 mm");
    checks::same("9 mm", length(9), "9 mm");
    checks::same("10 mm", length(10), "1.0 cm");
    checks::same("999 mm", length(999), "99.9 cm");
    checks::same("1,000 mm", length(1000), "1.0 m");
    checks::same("12,345,678 mm", length(12345678), "12.3 km");
    checks::same("999 mg", weight(999), "999 mg");
    checks::same("1,250 mg", weight(1260), "1.3 g");
    checks::same("2,000,000 mg", weight(2000000), "2.0 kg");
    checks::same("3,200,000,000 mg", weight(3200000000), "3.2 t");
    checks::same("999 ml", volume(999), "999 ml");
    checks::same("99,999 ml", volume(99999), "100.0 l");
    checks::same("100,000 ml", volume(100000), "1.0 hl");
    checks::same("negative", length(-1) + weight(-5) + volume(-9), "???");
    checks::same("at most one snprintf", calls("snprintf") <= 1, true);
    checks::same("at most three ifs", calls("if (") <= 3, true);
    checks::same("at most 40 lines", source().size() <= 40, true);
    return checks::finish();
}

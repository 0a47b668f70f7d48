#include "wrap.h"

#include <sstream>
#include <stdexcept>

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    std::string word;
    while (stream >> word) {
        words.push_back(word);
    }
    return words;
}

std::vector<std::string> wrap(const std::string& text, std::size_t width) {
    if (width == 0) {
        throw std::invalid_argument("a line needs at least one column");
    }
    std::vector<std::string> lines;
    std::string line;
    for (std::string word : words_of(text)) {
        while (word.size() > width) {
            if (!line.empty()) {
                lines.push_back(line);
                line.clear();
            }
            lines.push_back(word.substr(0, width));
            word = word.substr(width);
        }
        if (line.empty()) {
            line = word;
        } else if (line.size() + word.size() <= width) {
            line += ' ';
            line += word;
        } else {
            lines.push_back(line);
            line = word;
        }
    }
    if (!line.empty()) {
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> centre(const std::vector<std::string>& lines, std::size_t width) {
    std::vector<std::string> centred;
    for (const std::string& line : lines) {
        const std::size_t free = line.size() < width ? width - line.size() : 0;
        centred.push_back(std::string(free / 2, ' ') + line);
    }
    return centred;
}

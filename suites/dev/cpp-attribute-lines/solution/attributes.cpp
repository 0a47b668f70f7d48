#include "attributes.h"

#include <cctype>
#include <stdexcept>

namespace {

class Reader {
public:
    explicit Reader(const std::string& line) : line_(line) {}

    Attributes all() {
        while (true) {
            blanks();
            if (at_end()) return result_;
            if (line_[at_] != ';') attribute();
            blanks();
            if (!at_end() && line_[at_] != ';') throw std::runtime_error("text after a quoted value");
            if (!at_end()) ++at_;
        }
    }

private:
    bool at_end() const { return at_ >= line_.size(); }

    void blanks() {
        while (!at_end() && (line_[at_] == ' ' || line_[at_] == '\t')) ++at_;
    }

    void attribute() {
        const std::string name = word();
        for (const auto& entry : result_) {
            if (entry.first == name) throw std::runtime_error(name + " appears twice");
        }
        blanks();
        std::string value = "yes";
        if (!at_end() && line_[at_] == '=') {
            ++at_;
            blanks();
            value = !at_end() && line_[at_] == '"' ? quoted() : plain();
        }
        result_.emplace_back(name, value);
    }

    std::string word() {
        const std::size_t begin = at_;
        while (!at_end() && (std::isalnum(static_cast<unsigned char>(line_[at_])) || line_[at_] == '_')) ++at_;
        if (at_ == begin) throw std::runtime_error("a name is missing");
        return line_.substr(begin, at_ - begin);
    }

    std::string plain() {
        std::string value;
        while (!at_end() && line_[at_] != ';') {
            if (line_[at_] == '"') throw std::runtime_error("a quote inside a value");
            value += line_[at_++];
        }
        while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.pop_back();
        return value;
    }

    std::string quoted() {
        std::string value;
        for (++at_; !at_end(); ++at_) {
            if (line_[at_] == '"') {
                ++at_;
                return value;
            }
            value += line_[at_] == '\\' ? escaped() : line_[at_];
        }
        throw std::runtime_error("a quote is not closed");
    }

    char escaped() {
        ++at_;
        if (!at_end() && (line_[at_] == '"' || line_[at_] == '\\')) return line_[at_];
        if (!at_end() && line_[at_] == 'n') return '\n';
        throw std::runtime_error("unknown escape");
    }

    const std::string& line_;
    std::size_t at_ = 0;
    Attributes result_;
};

}  // namespace

Attributes parse(const std::string& line) { return Reader(line).all(); }

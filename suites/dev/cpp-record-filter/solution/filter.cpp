#include "filter.h"

#include <cctype>
#include <stdexcept>

namespace {

using Test = std::function<bool(const Record&)>;

bool is_number(const std::string& text) {
    std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
    std::size_t digits = 0;
    std::size_t points = 0;
    for (; at < text.size(); ++at) {
        if (std::isdigit(static_cast<unsigned char>(text[at]))) ++digits;
        else if (text[at] == '.' && digits > 0 && at + 1 < text.size()) ++points;
        else return false;
    }
    return digits > 0 && points <= 1;
}

int order(const std::string& a, const std::string& b) {
    if (is_number(a) && is_number(b)) {
        const double left = std::stod(a);
        const double right = std::stod(b);
        return left < right ? -1 : left > right ? 1 : 0;
    }
    return a.compare(b);
}

bool holds(const std::string& op, int order) {
    if (op == "=") return order == 0;
    if (op == "!=") return order != 0;
    if (op == "<") return order < 0;
    if (op == ">") return order > 0;
    return op == "<=" ? order <= 0 : order >= 0;
}

class Parser {
public:
    explicit Parser(const std::string& text) : text_(text) { next(); }

    Test all() {
        Test test = any();
        if (!token_.empty()) fail();
        return test;
    }

private:
    [[noreturn]] static void fail() { throw std::invalid_argument("not a filter"); }

    static bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-'; }

    void next() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
        const std::size_t begin = at_;
        if (at_ == text_.size()) {
            token_.clear();
            return;
        }
        const char first = text_[at_++];
        if (first == '\'') {
            at_ = text_.find('\'', at_);
            if (at_ == std::string::npos) fail();
            ++at_;
        } else if (in_word(first)) {
            while (at_ < text_.size() && in_word(text_[at_])) ++at_;
        } else if (first == '!' || first == '<' || first == '>') {
            if (at_ < text_.size() && text_[at_] == '=') ++at_;
        }
        token_ = text_.substr(begin, at_ - begin);
    }

    bool take(const std::string& token) {
        if (token_ != token) return false;
        next();
        return true;
    }

    Test any() {
        Test left = every();
        while (take("or")) {
            Test right = every();
            left = [left, right](const Record& record) { return left(record) || right(record); };
        }
        return left;
    }

    Test every() {
        Test left = one();
        while (take("and")) {
            Test right = one();
            left = [left, right](const Record& record) { return left(record) && right(record); };
        }
        return left;
    }

    Test one() {
        if (take("not")) {
            Test test = one();
            return [test](const Record& record) { return !test(record); };
        }
        if (take("(")) {
            Test test = any();
            if (!take(")")) fail();
            return test;
        }
        if (take("has")) {
            const std::string name = field();
            return [name](const Record& record) { return record.count(name) > 0; };
        }
        const std::string name = field();
        const std::string op = token_;
        if (op != "=" && op != "!=" && op != "<" && op != ">" && op != "<=" && op != ">=") fail();
        next();
        const std::string wanted = value();
        return [name, op, wanted](const Record& record) {
            const auto found = record.find(name);
            return found != record.end() && holds(op, order(found->second, wanted));
        };
    }

    std::string word() {
        if (token_.empty() || !in_word(token_[0])) fail();
        if (token_ == "and" || token_ == "or" || token_ == "not" || token_ == "has") fail();
        const std::string result = token_;
        next();
        return result;
    }

    std::string field() {
        const std::string name = word();
        if (name.find_first_of(".-") != std::string::npos) fail();
        return name;
    }

    std::string value() {
        if (token_.empty() || token_[0] != '\'') return word();
        const std::string result = token_.substr(1, token_.size() - 2);
        next();
        return result;
    }

    const std::string& text_;
    std::size_t at_ = 0;
    std::string token_;
};

}  // namespace

Filter::Filter(const std::string& text) : test_(Parser(text).all()) {}

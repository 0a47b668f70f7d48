// Counts checks and says what was expected and what came.
#pragma once

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace checks {

inline int passed = 0;
inline int failed = 0;

template <class T>
std::string show(const T& value) {
    std::ostringstream out;
    out << std::boolalpha << value;
    return out.str();
}

template <class T>
std::string show(const std::vector<T>& values) {
    std::string out = "[";
    for (const auto& value : values) {
        if (out.size() > 1) out += ", ";
        out += show(value);
    }
    return out + "]";
}

template <class Got, class Expected>
void same(const std::string& what, const Got& got, const Expected& expected) {
    if (got == expected) {
        ++passed;
        return;
    }
    ++failed;
    std::cout << "FAIL " << what << ": expected " << show(expected) << ", got " << show(got) << "\n";
}

template <class Error, class Call>
void throws(const std::string& what, Call call) {
    try {
        call();
    } catch (const Error&) {
        ++passed;
        return;
    } catch (...) {
    }
    ++failed;
    std::cout << "FAIL " << what << ": expected the exception of the instructions, got none or another\n";
}

inline int finish() {
    std::cout << passed << " passed, " << failed << " failed\n";
    return failed == 0 ? 0 : 1;
}

}  // namespace checks

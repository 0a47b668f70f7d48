#pragma once

#include <cstddef>
#include <string>
#include <vector>

class Recorder {
public:
    explicit Recorder(std::size_t capacity);

    void record(const std::string& message);
    std::vector<std::string> entries() const;  // oldest first
    std::size_t lost() const;
    void clear();

private:
    std::vector<std::string> slots_;
    std::size_t next_ = 0;   // the slot of the next message
    std::size_t count_ = 0;  // messages recorded
};

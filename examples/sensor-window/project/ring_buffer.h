#pragma once
#include <cstddef>
#include <stdexcept>
#include <vector>

// The last `capacity` values that were pushed. at(0) is the oldest of them, at(size() - 1) the newest.
template <typename T>
class RingBuffer {
public:
    explicit RingBuffer(std::size_t capacity) : values_(capacity) {
        if (capacity == 0) {
            throw std::invalid_argument("a ring buffer holds at least one value");
        }
    }

    std::size_t size() const { return size_; }

    std::size_t capacity() const { return values_.size(); }

    bool full() const { return size_ == values_.size(); }

    // Adds a value; a full buffer forgets its oldest one.
    void push(const T& value) {
        values_[(start_ + size_) % values_.size()] = value;
        if (!full()) {
            ++size_;
        }
    }

    // Removes and returns the oldest value.
    T pop() {
        if (size_ == 0) {
            throw std::out_of_range("the buffer is empty");
        }
        T value = values_[start_];
        start_ = (start_ + 1) % values_.size();
        --size_;
        return value;
    }

    const T& at(std::size_t index) const {
        if (index >= size_) {
            throw std::out_of_range("the buffer holds fewer values");
        }
        return values_[(start_ + index) % values_.size()];
    }

private:
    std::vector<T> values_;
    std::size_t start_ = 0;
    std::size_t size_ = 0;
};

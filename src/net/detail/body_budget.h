#pragma once
#include <cstddef>
#include <functional>
#include <set>

namespace hearth::net::detail {

// The memory that the bodies of all requests under way may take together. When they want more, the longest of those that are still
// arriving gives way: who sends little is not harmed by who sends much. Threads: the loop's.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t most) : most_(most) {}

    // What one body takes, until this object's end. The budget outlives it.
    class Share {
    public:
        // `on_give_way`: called once when another body takes its place; the bytes are then no longer counted.
        Share(BodyBudget& budget, std::function<void()> on_give_way);
        ~Share();
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        // False when there is no room for that many bytes, or there is none for this body any more.
        [[nodiscard]] bool grow_to(std::size_t bytes);

        // It is whole, and does not give way from now on.
        void arrived();

        [[nodiscard]] bool gave_way() const { return gave_way_; }

    private:
        friend class BodyBudget;
        void give_way();

        BodyBudget& budget_;
        std::function<void()> on_give_way_;
        std::size_t bytes_ = 0;
        bool gave_way_ = false;
    };

    [[nodiscard]] std::size_t used() const { return used_; }

private:
    std::size_t most_;
    std::size_t used_ = 0;
    std::set<Share*> arriving_;
};

}  // namespace hearth::net::detail

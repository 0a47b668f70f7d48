#include "sandbox/leftover_watch.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <stop_token>
#include <utility>

namespace hearth::sandbox {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{500};
constexpr std::size_t kMostTakenAway = 20;

}  // namespace

LeftoverWatch::LeftoverWatch(const ProtectedNames& names, std::function<void()> on_failure)
    : thread_([this, &names, on_failure = std::move(on_failure)](const std::stop_token& stop) {
          std::mutex mutex;  // guards nothing: it is what a waiting thread must hold
          std::condition_variable_any ended;
          std::unique_lock lock(mutex);
          while (!ended.wait_for(lock, stop, kBetweenLooks, [] { return false; }) && !stop.stop_requested()) {
              if (look(names)) continue;
              on_failure();
              return;
          }
      }) {}

bool LeftoverWatch::look(const ProtectedNames& names) {
    const auto taken = names.restore(ProtectedNames::Leftovers::kRenamed);
    const std::scoped_lock lock(mutex_);
    if (!taken) {
        failure_ = taken.error().message();
        return false;
    }
    notes_.insert(notes_.end(), taken->begin(), taken->end());
    if (notes_.size() <= kMostTakenAway) return true;
    failure_ = "the command makes protected names again and again";
    return false;
}

std::string LeftoverWatch::failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
}

std::vector<std::string> LeftoverWatch::notes() const {
    const std::scoped_lock lock(mutex_);
    return notes_;
}

}  // namespace hearth::sandbox

#include "clinic.h"

#include <stdexcept>

void Clinic::arrive(const std::string& name, int urgency) {
    if (urgency < 1 || urgency > 5) throw std::invalid_argument("urgency");
    queue_.push({urgency, name});
}

std::string Clinic::call() {
    const std::string name = queue_.top().second;
    queue_.pop();
    return name;
}

void Clinic::reassess(const std::string& name, int urgency) {
    leave(name);
    arrive(name, urgency);
}

bool Clinic::leave(const std::string& name) {
    bool found = false;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> rest;
    while (!queue_.empty()) {
        if (queue_.top().second == name) {
            found = true;
        } else {
            rest.push(queue_.top());
        }
        queue_.pop();
    }
    queue_ = rest;
    return found;
}

std::vector<std::string> Clinic::waiting() const {
    auto copy = queue_;
    std::vector<std::string> names;
    while (!copy.empty()) {
        names.push_back(copy.top().second);
        copy.pop();
    }
    return names;
}

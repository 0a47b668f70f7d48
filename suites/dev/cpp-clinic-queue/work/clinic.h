#pragma once

#include <queue>
#include <string>
#include <utility>
#include <vector>

class Clinic {
public:
    void arrive(const std::string& name, int urgency);
    std::string call();
    void reassess(const std::string& name, int urgency);
    bool leave(const std::string& name);
    std::vector<std::string> waiting() const;

private:
    using Entry = std::pair<int, std::string>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> queue_;
};

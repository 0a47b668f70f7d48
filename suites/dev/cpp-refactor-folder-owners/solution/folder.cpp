#include "folder.h"

#include <algorithm>

Folder::Children::iterator Folder::child(const std::string& name) {
    return std::find_if(children_.begin(), children_.end(), [&](const auto& entry) { return entry->name_ == name; });
}

Folder& Folder::add(const std::string& name) {
    auto added = std::make_unique<Folder>(name);
    Folder& result = *added;
    const auto old = child(name);
    if (old == children_.end()) {
        children_.push_back(std::move(added));
    } else {
        *old = std::move(added);
    }
    return result;
}

Folder* Folder::find(const std::string& path) {
    if (path.empty()) return this;
    const auto slash = path.find('/');
    const auto found = child(path.substr(0, slash));
    if (found == children_.end()) return nullptr;
    return (*found)->find(slash == std::string::npos ? "" : path.substr(slash + 1));
}

bool Folder::remove(const std::string& name) {
    const auto found = child(name);
    if (found == children_.end()) return false;
    children_.erase(found);
    return true;
}

int Folder::count() const {
    int total = 1;
    for (const auto& entry : children_) total += entry->count();
    return total;
}

std::vector<std::string> Folder::list() const {
    std::vector<std::string> names;
    for (const auto& entry : children_) names.push_back(entry->name_);
    return names;
}

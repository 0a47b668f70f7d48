#include "folder.h"

Folder& Folder::add(const std::string& name) {
    for (auto& child : children_) {
        if (child->name_ == name) {
            child = new Folder(name);
            return *child;
        }
    }
    children_.push_back(new Folder(name));
    return *children_.back();
}

Folder* Folder::find(const std::string& path) {
    if (path.empty()) return this;
    const auto slash = path.find('/');
    const std::string first = path.substr(0, slash);
    for (auto* child : children_) {
        if (child->name_ == first) return child->find(slash == std::string::npos ? "" : path.substr(slash + 1));
    }
    return nullptr;
}

bool Folder::remove(const std::string& name) {
    for (std::size_t i = 0; i < children_.size(); ++i) {
        if (children_[i]->name_ == name) {
            children_.erase(children_.begin() + static_cast<long>(i));
            return true;
        }
    }
    return false;
}

int Folder::count() const {
    int total = 1;
    for (auto* child : children_) total += child->count();
    return total;
}

std::vector<std::string> Folder::list() const {
    std::vector<std::string> names;
    for (auto* child : children_) names.push_back(child->name_);
    return names;
}

#pragma once

#include <string>
#include <vector>

class Folder {
public:
    explicit Folder(const std::string& name) : name_(name) {}

    Folder& add(const std::string& name);
    Folder* find(const std::string& path);
    bool remove(const std::string& name);
    int count() const;
    std::vector<std::string> list() const;

private:
    std::string name_;
    std::vector<Folder*> children_;
};

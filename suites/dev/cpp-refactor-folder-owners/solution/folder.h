#pragma once

#include <string>
#include <vector>

#include <memory>

class Folder {
public:
    explicit Folder(const std::string& name) : name_(name) {}

    Folder& add(const std::string& name);
    Folder* find(const std::string& path);
    bool remove(const std::string& name);
    int count() const;
    std::vector<std::string> list() const;

private:
    using Children = std::vector<std::unique_ptr<Folder>>;

    Children::iterator child(const std::string& name);

    std::string name_;
    Children children_;
};

#include "history/folder_list.h"

#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::history {
namespace {

const std::string kHash(64, 'a');

TEST(FolderList, IsTheSameAfterItWasWrittenAndRead) {
    const FolderList items = {{"a b", {Kind::kFile, 0644, 5, kHash}},
                              {"d", {Kind::kFolder, 0755, 0, kHash}},
                              {"huge", {Kind::kUnkept, 0600, 1LL << 40U, "17.000000001"}},
                              {"l", {Kind::kLink, 0, 0, "../where\nto %41"}},
                              {"\xff\x01name", {Kind::kFile, 0, 0, kHash}}};
    const auto read = decode_folder(encode_folder(items));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, items);
}

TEST(FolderList, OfNothingIsAList) {
    const auto read = decode_folder(encode_folder({}));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->empty());
}

TEST(FolderList, RefusesWhatItDoesNotWrite) {
    const std::string head = "hearth-folder 1\n";
    for (const std::string& text :
         {std::string(), std::string("hearth-folder 2\n"), head + "f 644 1 " + kHash + " a",
          head + "f 644 1 abc a\n", head + "x 644 1 " + kHash + " a\n", head + "f 9 1 " + kHash + " a\n",
          head + "f 1777 1 " + kHash + " a\n", head + "f 644 -1 " + kHash + " a\n",
          head + "f 644 1 " + kHash + " ..\n", head + "f 644 1 " + kHash + " a/b\n",
          head + "f 644 1 " + kHash + " a%2fb\n", head + "f 644 1 " + kHash + " a%00\n",
          head + "f 644 1 " + kHash + " a%4\n", head + "f 644 1 " + kHash + " \n",
          head + "f 644 1 " + kHash + " b\nf 644 1 " + kHash + " a\n",
          head + "f 644 1 " + kHash + " a\nf 644 1 " + kHash + " a\n"}) {
        const auto read = decode_folder(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code(), Code::kCorrupt);
    }
}

}  // namespace
}  // namespace hearth::history

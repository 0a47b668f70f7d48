#include "os/shared_library.h"

#include <gtest/gtest.h>

namespace hearth::os {
namespace {

TEST(SharedLibrary, TakesTheFirstThatIsThereAndFindsItsFunctions) {
    auto library = SharedLibrary::open({"libhearth-is-not-there.so.1", "libm.so.6"});
    ASSERT_TRUE(library) << library.error().message();
    double (*root)(double) = nullptr;
    library->find("sqrt", root);
    ASSERT_NE(root, nullptr);
    EXPECT_EQ(root(9), 3);
    EXPECT_EQ(library->missing(), nullptr);
    library->find("no_such_root", root);
    EXPECT_EQ(root, nullptr);
    EXPECT_STREQ(library->missing(), "no_such_root");
}

TEST(SharedLibrary, SaysWhyNoneCanBeLoaded) {
    const auto library = SharedLibrary::open({"libhearth-is-not-there.so.1"});
    ASSERT_FALSE(library);
    EXPECT_EQ(library.error().code(), Code::kUnavailable);
    EXPECT_NE(library.error().message().find("libhearth-is-not-there.so.1"), std::string::npos);
}

}  // namespace
}  // namespace hearth::os

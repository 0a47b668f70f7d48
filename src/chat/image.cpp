#include "chat/image.h"

#include <fmt/format.h>
#include <utility>

#include "chat/message.h"
#include "core/base64.h"

namespace hearth::chat {

using namespace std::string_view_literals;

std::optional<std::string_view> image_type(std::string_view bytes) {
    if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) return "image/png";
    if (bytes.starts_with("\xFF\xD8\xFF"sv)) return "image/jpeg";
    if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return "image/gif";
    // Between the two words stands the size.
    if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv)
        return "image/webp";
    return std::nullopt;
}

Result<Image> make_image(std::string_view bytes) {
    const auto type = image_type(bytes);
    if (!type) return Error(Code::kUnsupported, "this is no image of the types PNG, JPEG, GIF and WebP");
    if (bytes.size() > kMostImageBytes) {
        return Error(Code::kTooLarge,
                     fmt::format("an image of {} KiB is more than the {} KiB that models elsewhere take: "
                                 "make it smaller",
                                 (bytes.size() + 1023) >> 10U, kMostImageBytes >> 10U));
    }
    return Image{std::string(*type), encode_base64(bytes)};
}

Result<Image> parse_image(std::string_view base64) {
    const auto bytes = decode_loose_base64(base64);
    if (!bytes) return Error(Code::kInvalidInput, "the data of an image has to be base64");
    return make_image(*bytes);
}

Status check_images(const std::vector<Image>& images) {
    std::size_t bytes = 0;
    for (const auto& image : images)
        bytes += image.data.size();
    if (bytes <= kMostImageDataBytes) return {};
    return Error(
        Code::kTooLarge,
        fmt::format("{} images of {} KiB together are more than the {} KiB that one message can have: "
                    "send fewer, or smaller ones",
                    images.size(), bytes / 4 * 3 / 1024, kMostImageDataBytes / 4 * 3 / 1024));
}

std::string data_url(const Image& image) {
    return fmt::format("data:{};base64,{}", image.mime_type, image.data);
}

std::string with_unseen_images(std::string text, std::size_t count) {
    for (std::size_t n = 0; n < count; ++n) {
        if (!text.empty() && !text.ends_with('\n')) text += '\n';
        text += kUnseenImage;
    }
    return text;
}

void name_images(std::vector<Message>& messages) {
    for (Message& message : messages) {
        message.text = with_unseen_images(std::move(message.text), message.images.size());
        message.images.clear();
    }
}

}  // namespace hearth::chat

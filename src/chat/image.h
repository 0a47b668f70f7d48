#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::chat {

struct Message;

// A picture as models elsewhere take it: one of the four types that all of them know, within the size that the strictest takes. What it
// shows is never looked at here. Made by the functions below.
struct Image {
    std::string mime_type;  // "image/png"
    std::string data;       // base64 with padding

    bool operator==(const Image&) const = default;
};

// Of the picture itself. In base64 it is then below the 5 MB that the strictest provider takes.
inline constexpr std::size_t kMostImageBytes = std::size_t{3584} << 10U;

// Of the base64 of all pictures of one message: it is a line of a session, which has an end.
inline constexpr std::size_t kMostImageDataBytes = std::size_t{12} << 20U;

// The first bytes that image_type() needs to see.
inline constexpr std::size_t kImageHeadBytes = 16;

// What a model that sees no pictures is told in the place of one.
inline constexpr std::string_view kUnseenImage = "[an image that this model cannot see]";

// "image/png", "image/jpeg", "image/gif" or "image/webp" by its first bytes, whatever its name is; nothing for all else. Pure.
[[nodiscard]] std::optional<std::string_view> image_type(std::string_view bytes);

// A picture from its bytes. Errors: kUnsupported for what is none of the four types, kTooLarge with both sizes. Pure.
[[nodiscard]] Result<Image> make_image(std::string_view bytes);

// The same from base64, as programs write it. The type that is said beside it does not count, the bytes do.
// Errors: kInvalidInput for what is no base64; those of make_image(). Pure.
[[nodiscard]] Result<Image> parse_image(std::string_view base64);

// Errors: kTooLarge for more pictures than one message can have. Pure.
[[nodiscard]] Status check_images(const std::vector<Image>& images);

// "data:image/png;base64,…". Pure.
[[nodiscard]] std::string data_url(const Image& image);

// A text, and kUnseenImage on a line of its own for each of so many pictures. Pure.
[[nodiscard]] std::string with_unseen_images(std::string text, std::size_t count);

// Takes the pictures out of messages and names them in their texts, for a model that does not see. Pure.
void name_images(std::vector<Message>& messages);

}  // namespace hearth::chat

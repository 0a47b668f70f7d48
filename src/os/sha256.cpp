#include "os/sha256.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <sodium/crypto_hash_sha256.h>

#include "core/text.h"
#include "os/files.h"

namespace hearth::os {

namespace {

constexpr std::size_t kDigestSize = crypto_hash_sha256_BYTES;
// Below this, loading libcrypto (3 ms) would take longer than libsodium takes to hash.
constexpr std::size_t kWorthLoading = std::size_t{512} << 10U;
constexpr std::size_t kPiece = std::size_t{1} << 20U;

// The part of libcrypto's stable interface (OpenSSL 1.1 and 3) that hashing needs, found at run time: linked, it would
// cost every start some milliseconds. Measured on a Zen 5 core: libcrypto 1,740 MB/s, libsodium 1.0.18 290 MB/s.
struct Crypto {
    void* (*context_new)() = nullptr;
    void (*context_free)(void*) = nullptr;
    const void* (*algorithm)() = nullptr;
    int (*init)(void*, const void*, void*) = nullptr;
    int (*update)(void*, const void*, std::size_t) = nullptr;
    int (*final)(void*, unsigned char*, unsigned*) = nullptr;
    bool complete = false;
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

Crypto load_crypto() {
    Crypto crypto;
    for (const char* name : {"libcrypto.so.3", "libcrypto.so.1.1"}) {
        // Never closed: the table below is used until the process ends.
        void* library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) continue;
        crypto.complete = find(library, "EVP_MD_CTX_new", crypto.context_new) &&
                          find(library, "EVP_MD_CTX_free", crypto.context_free) &&
                          find(library, "EVP_sha256", crypto.algorithm) &&
                          find(library, "EVP_DigestInit_ex", crypto.init) &&
                          find(library, "EVP_DigestUpdate", crypto.update) &&
                          find(library, "EVP_DigestFinal_ex", crypto.final);
        if (crypto.complete) break;
    }
    return crypto;
}

const Crypto& crypto() {
    static const Crypto loaded = load_crypto();
    return loaded;
}

std::string hex(const std::array<unsigned char, kDigestSize>& digest) {
    return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace

struct Sha256::State {
    void* context = nullptr;  // of libcrypto; null: libsodium
    crypto_hash_sha256_state small{};

    State() {
        if (crypto().complete) context = crypto().context_new();
        if (context != nullptr && crypto().init(context, crypto().algorithm(), nullptr) != 1) release();
        if (context == nullptr) crypto_hash_sha256_init(&small);
    }

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    ~State() { release(); }

    void release() {
        if (context != nullptr) crypto().context_free(context);
        context = nullptr;
    }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    if (state_->context != nullptr)
        HEARTH_ASSERT(crypto().update(state_->context, bytes.data(), bytes.size()) == 1);
    else
        crypto_hash_sha256_update(&state_->small, reinterpret_cast<const unsigned char*>(bytes.data()),
                                  bytes.size());
}

std::string Sha256::finish() {
    std::array<unsigned char, kDigestSize> digest{};
    if (state_->context != nullptr)
        HEARTH_ASSERT(crypto().final(state_->context, digest.data(), nullptr) == 1);
    else
        crypto_hash_sha256_final(&state_->small, digest.data());
    return hex(digest);
}

std::string sha256(std::string_view bytes) {
    if (bytes.size() >= kWorthLoading) {
        Sha256 hash;
        hash.update(bytes);
        return hash.finish();
    }
    std::array<unsigned char, kDigestSize> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    return hex(digest);
}

Result<std::string> sha256_file(const fs::path& path, const std::function<void(Bytes)>& on_bytes,
                                const std::stop_token& stop) {
    const std::string what = fmt::format("cannot hash {}", path.string());
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd) return errno_error(errno, what);
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return Error(Code::kInvalidInput, what + ": it is not a regular file");
    ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    Sha256 hash;
    std::vector<char> piece(kPiece);
    std::int64_t done = 0;
    for (;;) {
        if (stop.stop_requested()) return Error(Code::kCancelled, what + ": stopped");
        const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error(errno, what);
        if (got == 0) return hash.finish();
        hash.update(std::string_view(piece.data(), static_cast<std::size_t>(got)));
        done += got;
        if (on_bytes) on_bytes(Bytes{done});
    }
}

}  // namespace hearth::os

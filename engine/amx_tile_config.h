/* Forced into every file of the engine with -include (see build).
 *
 * ldtilecfg reads a configuration of 64 bytes. GCC's _tile_loadconfig (seen in GCC 12.2, amxtileintrin.h) tells the
 * compiler that it reads one pointer-sized object, 8 bytes, so the optimiser may drop the stores that fill the rest, and by
 * the aliasing rules those of the first 8 bytes too. The instruction then loads garbage and raises a general protection
 * fault: the engine dies with SIGSEGV at its first matrix product on every CPU with AMX. Here the whole configuration is an
 * operand, and the memory clobber keeps stores through other types in front of it.
 *
 * tests/engine/amx_tile_config_test.cpp compiles both and looks at the stores.
 */
#if defined(__GNUC__) && !defined(__clang__) && defined(__AMX_TILE__)
#include <immintrin.h>
#undef _tile_loadconfig
#define _tile_loadconfig(configuration) \
    __asm__ volatile("ldtilecfg\t%X0" ::"m"(*(const char(*)[64])(configuration)) : "memory")
#endif

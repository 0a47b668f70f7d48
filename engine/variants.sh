# shellcheck shell=bash
# Sourced by engine/build: which CPU back ends are built.

# CPU back ends on x86-64, slowest first: the name, then what the kernel calls the instructions it needs. Each runs on its
# CPU and on all that have more; those left out differ from their neighbour here by little. On other architectures the
# engine's own list is built.
x86_variants=(
    "x64"                                                            # any: the last resort
    "haswell avx2 fma f16c bmi2"                                     # Intel since 2013, AMD since 2015
    "alderlake avx2 fma f16c bmi2 avx_vnni"                          # Intel desktops since 2021
    "skylakex avx512f avx512cd avx512vl avx512dq avx512bw"           # Intel servers since 2017
    "icelake avx512f avx512vl avx512_vbmi avx512_vnni"                # Intel since 2019
    "zen4 avx512f avx512vl avx512_vbmi avx512_vnni avx512_bf16"       # AMD since 2022
    "sapphirerapids avx512_bf16 avx512_vnni amx_tile amx_int8"       # Intel servers since 2023
)
# Built on every machine, so that an installation that is moved to another one serves there at once.
x86_everywhere=(x64 haswell)

# Names from x86_variants that a CPU with these flags (of /proc/cpuinfo) can run, slowest first.
runnable_variants() { # "FLAG FLAG ..."
    local line name needed flag
    for line in "${x86_variants[@]}"; do
        read -r name needed <<<"$line"
        for flag in $needed; do [[ " $1 " == *" $flag "* ]] || continue 2; done
        printf '%s\n' "$name"
    done
}

# What is built on such a CPU: those for everywhere and the two fastest of the others.
wanted_variants() { # "FLAG FLAG ..."
    local everywhere
    everywhere=$(printf '%s\n' "${x86_everywhere[@]}")
    printf '%s\n' "$everywhere"
    runnable_variants "$1" | grep -vxF "$everywhere" | tail -n 2 || true
}

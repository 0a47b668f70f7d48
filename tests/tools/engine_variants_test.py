"""Which CPU back ends of the engine are built on which CPU."""

import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

AVX2 = "sse4_2 avx f16c fma avx2 bmi2"
SKYLAKE = f"{AVX2} avx512f avx512cd avx512vl avx512dq avx512bw"
ICE_LAKE = f"{SKYLAKE} avx512_vbmi avx512_vnni"


def wanted(flags):
    command = ["bash", "-c", 'source engine/variants.sh; wanted_variants "$1"', "bash", flags]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


class EngineVariants(unittest.TestCase):
    def test_an_old_cpu_gets_those_that_run_everywhere(self):
        self.assertEqual(wanted("sse4_2"), ["x64", "haswell"])

    def test_avx2_alone_adds_nothing(self):
        self.assertEqual(wanted(AVX2), ["x64", "haswell"])

    def test_a_desktop_with_vnni_gets_its_own(self):
        self.assertEqual(wanted(f"{AVX2} avx_vnni"), ["x64", "haswell", "alderlake"])

    def test_the_two_fastest_are_built(self):
        self.assertEqual(wanted(f"{ICE_LAKE} avx512_bf16 avx_vnni"), ["x64", "haswell", "icelake", "zen4"])

    def test_amx_has_a_fast_one_to_fall_back_to(self):
        flags = f"{ICE_LAKE} avx512_bf16 avx_vnni amx_bf16 amx_tile amx_int8"
        self.assertEqual(wanted(flags), ["x64", "haswell", "zen4", "sapphirerapids"])

    def test_a_flag_counts_as_a_whole_word(self):
        self.assertEqual(wanted(f"{ICE_LAKE} avx512_bf16x amx_tiles amx_int8"), ["x64", "haswell", "skylakex", "icelake"])


if __name__ == "__main__":
    unittest.main()

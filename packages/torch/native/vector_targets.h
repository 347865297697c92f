// A function marked with this is compiled for AVX-512, for AVX2 and for any x86-64, and the
// loader picks: Debian's packages and ours are built on one machine and run on another.
//
// By what a processor can do, not by its name: "arch=haswell" would be taken on a Haswell alone, and
// every later processor would get the plain version.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#if __GNUC__ >= 12
#define MALLEOLUS_VECTOR_LEVELS target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")
#else
#define MALLEOLUS_VECTOR_LEVELS target_clones("avx512f", "avx2", "default")
#endif
#define MALLEOLUS_VECTOR_TARGETS __attribute__((MALLEOLUS_VECTOR_LEVELS, optimize("O3")))
#else
#define MALLEOLUS_VECTOR_TARGETS
#endif

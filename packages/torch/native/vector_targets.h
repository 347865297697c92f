// A function marked with this is compiled for AVX-512, for AVX2 and for any x86-64, and the
// loader picks: Debian's packages and ours are built on one machine and run on another.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define MALLEOLUS_VECTOR_TARGETS \
  __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default"), optimize("O3")))
#else
#define MALLEOLUS_VECTOR_TARGETS
#endif

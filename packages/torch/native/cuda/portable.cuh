// What the kernels need beside C++. They are compiled twice: by NVRTC for a GPU (compiler.cc), and by
// the compiler of the addon, which runs them thread by thread on the CPU (launch.h), so that their
// arithmetic is tested on machines without a GPU.
//
// A kernel is a function of its arguments, one struct of plain values and addresses that lies in
// memory alike in both, and of the thread. No header of the standard library: NVRTC has none.
#pragma once

#ifdef __CUDACC_RTC__
#define MALLEOLUS_ON_DEVICE __device__ inline
#else
#include <cmath>
#include <cstring>
#define MALLEOLUS_ON_DEVICE inline
#endif

namespace malleolus::kernels {

using Int = long long;
using Bits = unsigned long long;

/// One of many: it takes the work numbered `first`, `first + step`, and so on.
struct Thread {
  Int first, step;
};

#ifdef __CUDACC_RTC__

/// Defines the entry of a kernel whose threads know nothing of each other: body(arguments, thread).
#define MALLEOLUS_KERNEL(name, Arguments, body)                                                   \
  extern "C" __global__ void name(const Arguments arguments) {                                    \
    body(arguments, malleolus::kernels::Thread{static_cast<malleolus::kernels::Int>(blockIdx.x) * \
                                                       blockDim.x +                               \
                                                   threadIdx.x,                                   \
                                               static_cast<malleolus::kernels::Int>(gridDim.x) *  \
                                                   blockDim.x});                                  \
  }

/// Defines the entry of a kernel of one block, whose body takes steps together: body(arguments, threads).
#define MALLEOLUS_BLOCK_KERNEL(name, Arguments, body) \
  extern "C" __global__ void name(const Arguments arguments) { body(arguments, static_cast<int>(blockDim.x)); }

/// A step of a block: `statement` for every `thread`; none goes on before all are done.
#define MALLEOLUS_EACH_THREAD(thread, threads, statement) \
  {                                                       \
    const int thread = static_cast<int>(threadIdx.x);     \
    statement;                                            \
    __syncthreads();                                      \
  }

#define MALLEOLUS_OF_BLOCK __shared__
#define MALLEOLUS_UNROLL _Pragma("unroll 8")

#else

template <typename Arguments>
struct Kernel {
  const char* name;
  void (*run)(const Arguments&, Thread);
};

template <typename Arguments>
struct BlockKernel {
  const char* name;
  void (*run)(const Arguments&, int threads);
};

#define MALLEOLUS_KERNEL(name, Arguments, body) constexpr malleolus::kernels::Kernel<Arguments> name{#name, body};
#define MALLEOLUS_BLOCK_KERNEL(name, Arguments, body) \
  constexpr malleolus::kernels::BlockKernel<Arguments> name{#name, body};
#define MALLEOLUS_EACH_THREAD(thread, threads, statement) \
  for (int thread = 0; thread < (threads); ++thread) statement;
#define MALLEOLUS_OF_BLOCK
#define MALLEOLUS_UNROLL

#endif

MALLEOLUS_ON_DEVICE float float_of_bits(unsigned bits) {
#ifdef __CUDACC_RTC__
  return __uint_as_float(bits);
#else
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
#endif
}

MALLEOLUS_ON_DEVICE unsigned bits_of_float(float value) {
#ifdef __CUDACC_RTC__
  return __float_as_uint(value);
#else
  unsigned bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
#endif
}

MALLEOLUS_ON_DEVICE float not_a_number() { return float_of_bits(0x7fc00000u); }

MALLEOLUS_ON_DEVICE bool is_finite(float value) { return value - value == 0.0f; }

/// 2 to the power of -126 to 127.
MALLEOLUS_ON_DEVICE float power_of_two(int exponent) {
  return float_of_bits(static_cast<unsigned>(exponent + 127) << 23);
}

/// To the nearest, ties to even.
MALLEOLUS_ON_DEVICE Int round_to_int(float value) {
#ifdef __CUDACC_RTC__
  return __float2ll_rn(value);
#else
  return std::llrintf(value);
#endif
}

/// bfloat16 as it is stored.
struct Bfloat16 {
  unsigned short bits;
};

MALLEOLUS_ON_DEVICE float load(float value) { return value; }
MALLEOLUS_ON_DEVICE float load(Bfloat16 value) { return float_of_bits(static_cast<unsigned>(value.bits) << 16); }

MALLEOLUS_ON_DEVICE void store(float* to, float value) { *to = value; }

/// To the nearest, ties to even; what is not a number stays one.
MALLEOLUS_ON_DEVICE void store(Bfloat16* to, float value) {
  const unsigned word = bits_of_float(value);
  const unsigned rounded = (word + 0x7fffu + ((word >> 16) & 1u)) >> 16;
  to->bits = static_cast<unsigned short>(value != value ? 0x7fc0u : rounded);
}

MALLEOLUS_ON_DEVICE void atomic_add(Int* to, Int value) {
#ifdef __CUDACC_RTC__
  atomicAdd(reinterpret_cast<Bits*>(to), static_cast<Bits>(value));
#else
  *to += value;
#endif
}

MALLEOLUS_ON_DEVICE void atomic_max(Int* to, Int value) {
#ifdef __CUDACC_RTC__
  atomicMax(to, value);
#else
  if (*to < value) *to = value;
#endif
}

MALLEOLUS_ON_DEVICE void atomic_max(unsigned* to, unsigned value) {
#ifdef __CUDACC_RTC__
  atomicMax(to, value);
#else
  if (*to < value) *to = value;
#endif
}

}  // namespace malleolus::kernels

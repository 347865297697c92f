// bfloat16 as the integers that loops over memory turn into vectors: the upper half of a float.
#pragma once

#include <cstdint>
#include <cstring>

namespace malleolus {

inline float widen(uint16_t bits) {
  const uint32_t word = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

/// To the nearest, ties to even; what is no number stays none.
inline uint16_t narrow(float value) {
  uint32_t word;
  std::memcpy(&word, &value, sizeof word);
  const uint32_t rounded = (word + 0x7fff + ((word >> 16) & 1)) >> 16;
  return static_cast<uint16_t>(value != value ? 0x7fc0 : rounded);
}

}  // namespace malleolus

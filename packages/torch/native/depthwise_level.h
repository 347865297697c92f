// The loops of depthwise.cc, for one level of instructions. No header of its own: depthwise.cc includes it
// once a level, within a namespace, with these defined:
//
//   MALLEOLUS_TARGET   the attribute that names the instructions
//   MALLEOLUS_WIDTH    floats a vector
//
// Two vectors a step: on AVX2 a line of the cache, so that none is fetched twice.

typedef float Vector __attribute__((vector_size(MALLEOLUS_WIDTH * 4), aligned(4), may_alias));

#define MALLEOLUS_INLINE MALLEOLUS_TARGET __attribute__((always_inline)) inline

constexpr int64_t kWidth = MALLEOLUS_WIDTH;
constexpr int64_t kPanel = 2 * kWidth;

MALLEOLUS_INLINE Vector* at(float* place) { return reinterpret_cast<Vector*>(place); }
MALLEOLUS_INLINE const Vector* at(const float* place) { return reinterpret_cast<const Vector*>(place); }

/// What is no number goes through.
MALLEOLUS_INLINE Vector within(Vector value, float least, float most) {
  const Vector zero = {}, low = zero + least, high = zero + most;
  value = value < low ? low : value;
  return value > high ? high : value;
}

/// Some cells side by side, from the same taps.
template <int64_t kCells>
MALLEOLUS_INLINE void gather_cells(const Tap* taps, int64_t count, int64_t step, const float* bias, int64_t channels,
                                   float* to, int64_t to_step, float least, float most) {
  int64_t c = 0;
  for (; c + kPanel <= channels; c += kPanel) {
    Vector sums[kCells][2];
#pragma GCC unroll 4
    for (int64_t k = 0; k < kCells; ++k) {
      sums[k][0] = *at(bias + c);
      sums[k][1] = *at(bias + c + kWidth);
    }
    for (int64_t t = 0; t < count; ++t) {
      const float* from = taps[t].from + c;
      const Vector left = *at(taps[t].weight + c), right = *at(taps[t].weight + c + kWidth);
#pragma GCC unroll 4
      for (int64_t k = 0; k < kCells; ++k) {
        sums[k][0] += *at(from + k * step) * left;
        sums[k][1] += *at(from + k * step + kWidth) * right;
      }
    }
#pragma GCC unroll 4
    for (int64_t k = 0; k < kCells; ++k) {
      *at(to + k * to_step + c) = within(sums[k][0], least, most);
      *at(to + k * to_step + c + kWidth) = within(sums[k][1], least, most);
    }
  }
  for (; c < channels; ++c) {
    for (int64_t k = 0; k < kCells; ++k) {
      float sum = bias[c];
      for (int64_t t = 0; t < count; ++t) sum += taps[t].from[k * step + c] * taps[t].weight[c];
      to[k * to_step + c] = sum < least ? least : sum > most ? most : sum;
    }
  }
}

/// `cells` of a row: cell k is the bias and the sum over the taps of `from[k * step]` times the weight, cut to
/// what lies between `least` and `most`.
MALLEOLUS_TARGET void gather(const Tap* taps, int64_t count, int64_t step, const float* bias, int64_t channels,
                             int64_t cells, float* to, int64_t to_step, float least, float most) {
  Tap moved[kTaps];
  for (int64_t t = 0; t < count; ++t) moved[t] = taps[t];
  int64_t k = 0;
  for (; k < cells; k += k + 4 <= cells ? 4 : 1) {
    const bool many = k + 4 <= cells;
    if (many) gather_cells<4>(moved, count, step, bias, channels, to + k * to_step, to_step, least, most);
    else gather_cells<1>(moved, count, step, bias, channels, to + k * to_step, to_step, least, most);
    for (int64_t t = 0; t < count; ++t) moved[t].from += (many ? 4 : 1) * step;
  }
}

template <int64_t kCount>
MALLEOLUS_INLINE void add_taps(const float* gradient, const float* const* from, int64_t step, int64_t channels,
                               int64_t cells, float* const* to) {
  int64_t c = 0;
  for (; c + kPanel <= channels; c += kPanel) {
    Vector sums[kCount][2];
#pragma GCC unroll 3
    for (int64_t j = 0; j < kCount; ++j) {
      sums[j][0] = *at(to[j] + c);
      sums[j][1] = *at(to[j] + c + kWidth);
    }
    for (int64_t k = 0; k < cells; ++k) {
      const float* above = gradient + k * channels + c;
      const Vector left = *at(above), right = *at(above + kWidth);
#pragma GCC unroll 3
      for (int64_t j = 0; j < kCount; ++j) {
        sums[j][0] += *at(from[j] + k * step + c) * left;
        sums[j][1] += *at(from[j] + k * step + c + kWidth) * right;
      }
    }
#pragma GCC unroll 3
    for (int64_t j = 0; j < kCount; ++j) {
      *at(to[j] + c) = sums[j][0];
      *at(to[j] + c + kWidth) = sums[j][1];
    }
  }
  for (; c < channels; ++c) {
    for (int64_t j = 0; j < kCount; ++j) {
      float sum = to[j][c];
      for (int64_t k = 0; k < cells; ++k) sum += from[j][k * step + c] * gradient[k * channels + c];
      to[j][c] = sum;
    }
  }
}

/// Adds to one to three taps' weights, `to`, what a row's cells give: the gradient times `from[k * step]`.
MALLEOLUS_TARGET void scatter(const float* gradient, const float* const* from, int64_t count, int64_t step,
                              int64_t channels, int64_t cells, float* const* to) {
  if (count == 3) add_taps<3>(gradient, from, step, channels, cells, to);
  else if (count == 2) add_taps<2>(gradient, from, step, channels, cells, to);
  else add_taps<1>(gradient, from, step, channels, cells, to);
}

constexpr DepthwiseLevel kLevel{gather, scatter};

#undef MALLEOLUS_INLINE
#undef MALLEOLUS_TARGET
#undef MALLEOLUS_WIDTH

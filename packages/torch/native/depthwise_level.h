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
MALLEOLUS_INLINE void gather_cells(const Tap* taps, int64_t count, int64_t step, const Sums& sums, float* to) {
  const float* const bias = sums.bias;
  const float least = sums.least, most = sums.most;
  const int64_t channels = sums.channels, to_step = sums.step;
  int64_t c = 0;
  for (; c + kPanel <= channels; c += kPanel) {
    Vector found[kCells][2];
#pragma GCC unroll 4
    for (int64_t k = 0; k < kCells; ++k) {
      found[k][0] = *at(bias + c);
      found[k][1] = *at(bias + c + kWidth);
    }
    for (int64_t t = 0; t < count; ++t) {
      const float* from = taps[t].from + c;
      const Vector left = *at(taps[t].weight + c), right = *at(taps[t].weight + c + kWidth);
#pragma GCC unroll 4
      for (int64_t k = 0; k < kCells; ++k) {
        found[k][0] += *at(from + k * step) * left;
        found[k][1] += *at(from + k * step + kWidth) * right;
      }
    }
#pragma GCC unroll 4
    for (int64_t k = 0; k < kCells; ++k) {
      *at(to + k * to_step + c) = within(found[k][0], least, most);
      *at(to + k * to_step + c + kWidth) = within(found[k][1], least, most);
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

/// Cell k is the bias and the sum over the taps of `from[k * step]` times the weight.
MALLEOLUS_TARGET void gather(const Tap* taps, int64_t count, int64_t step, const Sums& sums) {
  Tap moved[kMostTaps];
  for (int64_t t = 0; t < count; ++t) moved[t] = taps[t];
  int64_t k = 0;
  for (; k < sums.cells; k += k + 4 <= sums.cells ? 4 : 1) {
    const bool many = k + 4 <= sums.cells;
    if (many) gather_cells<4>(moved, count, step, sums, sums.to + k * sums.step);
    else gather_cells<1>(moved, count, step, sums, sums.to + k * sums.step);
    for (int64_t t = 0; t < count; ++t) moved[t].from += (many ? 4 : 1) * step;
  }
}

/// Cells side by side, from `cell` on: what several of them read is loaded once. Reads are looked at one by one
/// unless all lie inside.
template <int64_t kTaps, int64_t kStep, int64_t kCells, bool kInside>
MALLEOLUS_TARGET void slide_cells(const Windows windows, const Sums sums, int64_t cell) {
  constexpr int64_t kReads = (kCells - 1) * kStep + kTaps;
  const int64_t channels = sums.channels, begin = windows.first + cell * kStep;
  const int64_t low = -begin, high = windows.limit - begin;
  float* const to = sums.to + cell * sums.step;
  int64_t c = 0;
  for (; c + kWidth <= channels; c += kWidth) {
    Vector found[kCells];
#pragma GCC unroll 8
    for (int64_t k = 0; k < kCells; ++k) found[k] = *at(sums.bias + c);
    for (int64_t row = 0; row < windows.count; ++row) {
      Vector weights[kTaps];
#pragma GCC unroll 5
      for (int64_t t = 0; t < kTaps; ++t) weights[t] = *at(windows.weights[row] + t * windows.weight_step + c);
      const float* const from = windows.rows[row] + c;
#pragma GCC unroll 19
      for (int64_t j = 0; j < kReads; ++j) {
        if (!kInside && (j < low || j >= high)) continue;
        const Vector value = *at(from + (begin + j) * channels);
#pragma GCC unroll 8
        for (int64_t k = 0; k < kCells; ++k) {
          const int64_t t = j - k * kStep;
          if (t >= 0 && t < kTaps) found[k] += value * weights[t];
        }
      }
    }
#pragma GCC unroll 8
    for (int64_t k = 0; k < kCells; ++k) *at(to + k * sums.step + c) = within(found[k], sums.least, sums.most);
  }
  for (; c < channels; ++c) {
    for (int64_t k = 0; k < kCells; ++k) {
      float sum = sums.bias[c];
      for (int64_t row = 0; row < windows.count; ++row) {
        for (int64_t t = 0; t < kTaps; ++t) {
          const int64_t j = k * kStep + t;
          if (j < low || j >= high) continue;
          sum += windows.rows[row][(begin + j) * channels + c] * windows.weights[row][t * windows.weight_step + c];
        }
      }
      to[k * sums.step + c] = sum < sums.least ? sums.least : sum > sums.most ? sums.most : sum;
    }
  }
}

template <int64_t kTaps, int64_t kStep, int64_t kCells>
MALLEOLUS_TARGET void slide_block(const Windows& windows, const Sums& sums, int64_t cell) {
  const int64_t begin = windows.first + cell * kStep;
  if (begin >= 0 && begin + (kCells - 1) * kStep + kTaps <= windows.limit)
    slide_cells<kTaps, kStep, kCells, true>(windows, sums, cell);
  else slide_cells<kTaps, kStep, kCells, false>(windows, sums, cell);
}

/// The last block ends with the row, and finds some cells again, alike.
template <int64_t kTaps, int64_t kStep>
MALLEOLUS_TARGET void slide_blocks(const Windows& windows, const Sums& sums) {
  for (int64_t cell = 0; cell < sums.cells;) {
    if (sums.cells >= 8 && sums.cells - cell > 4) {
      slide_block<kTaps, kStep, 8>(windows, sums, std::min(cell, sums.cells - 8));
      cell += 8;
    } else {
      slide_block<kTaps, kStep, 4>(windows, sums, std::min(cell, sums.cells - 4));
      cell += 4;
    }
  }
}

/// Each of at least four cells is the bias and the sum over what its windows of 5 cells, or of 2 or 3 with a step of
/// 1, read times the weights.
MALLEOLUS_TARGET void slide(const Windows& windows, const Sums& sums) {
  if (windows.step == 2) slide_blocks<5, 2>(windows, sums);
  else if (windows.taps == 5) slide_blocks<5, 1>(windows, sums);
  else if (windows.taps == 3) slide_blocks<3, 1>(windows, sums);
  else slide_blocks<2, 1>(windows, sums);
}

template <int64_t kCount>
MALLEOLUS_INLINE void add_taps(const float* gradient, const float* const* from, int64_t step, int64_t channels,
                               int64_t cells, float* const* to) {
  int64_t c = 0;
  for (; c + kPanel <= channels; c += kPanel) {
    Vector sums[kCount][2];
#pragma GCC unroll 5
    for (int64_t j = 0; j < kCount; ++j) {
      sums[j][0] = *at(to[j] + c);
      sums[j][1] = *at(to[j] + c + kWidth);
    }
    for (int64_t k = 0; k < cells; ++k) {
      const float* above = gradient + k * channels + c;
      const Vector left = *at(above), right = *at(above + kWidth);
#pragma GCC unroll 5
      for (int64_t j = 0; j < kCount; ++j) {
        sums[j][0] += *at(from[j] + k * step + c) * left;
        sums[j][1] += *at(from[j] + k * step + c + kWidth) * right;
      }
    }
#pragma GCC unroll 5
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

/// Adds to one to five taps' weights, `to`, what a row's cells give: the gradient times `from[k * step]`.
MALLEOLUS_TARGET void scatter(const float* gradient, const float* const* from, int64_t count, int64_t step,
                              int64_t channels, int64_t cells, float* const* to) {
  if (count == 5) add_taps<5>(gradient, from, step, channels, cells, to);
  else if (count == 4) add_taps<4>(gradient, from, step, channels, cells, to);
  else if (count == 3) add_taps<3>(gradient, from, step, channels, cells, to);
  else if (count == 2) add_taps<2>(gradient, from, step, channels, cells, to);
  else add_taps<1>(gradient, from, step, channels, cells, to);
}

constexpr DepthwiseLevel kLevel{gather, slide, scatter};

#undef MALLEOLUS_INLINE
#undef MALLEOLUS_TARGET
#undef MALLEOLUS_WIDTH

// The loops of pointwise.cc, for one level of instructions. No header of its own: pointwise.cc includes it once a
// level, within a namespace, with these defined:
//
//   MALLEOLUS_TARGET   the attribute that names the instructions
//   MALLEOLUS_WIDTH    floats a vector
//   MALLEOLUS_ROWS     rows of a block: with two vectors a row it fills the registers

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

/// Some rows times one panel.
template <int64_t kRows>
MALLEOLUS_INLINE void multiply_rows(const Product& of, const float* rows, const float* panel, const float* bias,
                                    const float* added, float* to, int64_t columns) {
  Vector sums[kRows][2];
#pragma GCC unroll 16
  for (int64_t r = 0; r < kRows; ++r) {
    sums[r][0] = *at(bias);
    sums[r][1] = *at(bias + kWidth);
  }
  for (int64_t k = 0; k < of.depth; ++k) {
    const Vector left = *at(panel + k * kPanel), right = *at(panel + k * kPanel + kWidth);
#pragma GCC unroll 16
    for (int64_t r = 0; r < kRows; ++r) {
      const float by = rows[r * of.depth + k];
      sums[r][0] += left * by;
      sums[r][1] += right * by;
    }
  }
  // Rows of the output end where its channels do, a panel may go on.
  alignas(64) float last[kPanel];
#pragma GCC unroll 16
  for (int64_t r = 0; r < kRows; ++r) {
    const float* beside = added == nullptr ? nullptr : added + r * of.outputs;
    float* const row = to + r * of.outputs;
    if (columns == kPanel) {
      if (beside != nullptr) {
        sums[r][0] += *at(beside);
        sums[r][1] += *at(beside + kWidth);
      }
      *at(row) = within(sums[r][0], of.least, of.most);
      *at(row + kWidth) = within(sums[r][1], of.least, of.most);
    } else {
      *at(last) = sums[r][0];
      *at(last + kWidth) = sums[r][1];
      for (int64_t c = 0; c < columns; ++c) {
        const float value = beside == nullptr ? last[c] : last[c] + beside[c];
        row[c] = value < of.least ? of.least : value > of.most ? of.most : value;
      }
    }
  }
}

/// `count` rows times all panels.
MALLEOLUS_TARGET void multiply(const Product& of, const float* rows, int64_t count, const float* added, float* to) {
  for (int64_t first = 0; first < of.outputs; first += kPanel) {
    const int64_t columns = of.outputs - first < kPanel ? of.outputs - first : kPanel;
    const float* panel = of.panels + first * of.depth;
    const float* bias = of.bias + first;
    const auto place = [&](int64_t row, auto* all) { return all == nullptr ? all : all + row * of.outputs + first; };
    int64_t row = 0;
    for (; row + MALLEOLUS_ROWS <= count; row += MALLEOLUS_ROWS) {
      multiply_rows<MALLEOLUS_ROWS>(of, rows + row * of.depth, panel, bias, place(row, added), place(row, to), columns);
    }
    for (; row + 2 <= count; row += 2) {
      multiply_rows<2>(of, rows + row * of.depth, panel, bias, place(row, added), place(row, to), columns);
    }
    if (row < count) {
      multiply_rows<1>(of, rows + row * of.depth, panel, bias, place(row, added), place(row, to), columns);
    }
  }
}

constexpr PointwiseLevel kLevel{kPanel, multiply};

#undef MALLEOLUS_INLINE
#undef MALLEOLUS_TARGET
#undef MALLEOLUS_WIDTH
#undef MALLEOLUS_ROWS

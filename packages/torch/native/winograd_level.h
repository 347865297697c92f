// The inner loops of winograd.cc for one level of instructions. No header of its own: included once a
// level, within the level's namespace, with these defined:
//
//   MALLEOLUS_TARGET          the attribute that lets a function use the level's instructions
//   MALLEOLUS_WIDTH           floats of a vector register
//   MALLEOLUS_ROWS            rows of a product's block: with two vectors a row it fills the registers
//   MALLEOLUS_GRADIENT_ROWS   the same where the depth is tiles; divides a panel
//
// A panel is as many channels as two vectors hold. Points at which polynomials are taken: 0, a, -a, b,
// -b and infinity with a = sqrt(1/2) and b = sqrt(2). The usual 1 and 2 lose twice as many digits.

typedef float Vector __attribute__((vector_size(MALLEOLUS_WIDTH * 4), aligned(4), may_alias));

#define MALLEOLUS_INLINE MALLEOLUS_TARGET __attribute__((always_inline)) inline

constexpr int64_t kWidth = MALLEOLUS_WIDTH;
constexpr int64_t kPanel = 2 * kWidth;
constexpr float kA = 0.70710678118654752f, kB = 1.41421356237309505f;
constexpr float kA3 = 0.35355339059327376f, kB3 = 2.82842712474619010f;
constexpr float kOfA = -2.0f / 3.0f, kOfB = 1.0f / 6.0f;

MALLEOLUS_INLINE Vector* at(float* place) { return reinterpret_cast<Vector*>(place); }
MALLEOLUS_INLINE const Vector* at(const float* place) { return reinterpret_cast<const Vector*>(place); }

/// Six values of an input along one axis, at the points.
MALLEOLUS_INLINE void input_at_points(const Vector* d, int64_t step, Vector* v, int64_t to) {
  const Vector d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
  const Vector even_a = d4 - 2.0f * d2, odd_a = kA * (d3 - 2.0f * d1);
  const Vector even_b = d4 - 0.5f * d2, odd_b = kB * (d3 - 0.5f * d1);
  v[0] = d[0] - 2.5f * d2 + d4;
  v[to] = even_a + odd_a;
  v[2 * to] = even_a - odd_a;
  v[3 * to] = even_b + odd_b;
  v[4 * to] = even_b - odd_b;
  v[5 * to] = d1 - 2.5f * d3 + d[5 * step];
}

/// Four values of an output along one axis, from those at the points.
MALLEOLUS_INLINE void output_from_points(const Vector* m, int64_t step, Vector* y, int64_t to) {
  const Vector sum_a = m[step] + m[2 * step], difference_a = m[step] - m[2 * step];
  const Vector sum_b = m[3 * step] + m[4 * step], difference_b = m[3 * step] - m[4 * step];
  y[0] = m[0] + sum_a + sum_b;
  y[to] = kA * difference_a + kB * difference_b;
  y[2 * to] = 0.5f * sum_a + 2.0f * sum_b;
  y[3 * to] = kA3 * difference_a + kB3 * difference_b + m[5 * step];
}

/// The adjoint: four values of an output's gradient, at the points.
MALLEOLUS_INLINE void gradient_at_points(const Vector* y, int64_t step, Vector* z, int64_t to) {
  const Vector y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
  const Vector even_a = y0 + 0.5f * y2, odd_a = kA * y1 + kA3 * y3;
  const Vector even_b = y0 + 2.0f * y2, odd_b = kB * y1 + kB3 * y3;
  z[0] = y0;
  z[to] = even_a + odd_a;
  z[2 * to] = even_a - odd_a;
  z[3 * to] = even_b + odd_b;
  z[4 * to] = even_b - odd_b;
  z[5 * to] = y3;
}

/// Three values of a weight along one axis, at the points.
MALLEOLUS_INLINE void weight_at_points(const Vector* g, int64_t step, Vector* u, int64_t to) {
  const Vector g0 = g[0], g1 = g[step], g2 = g[2 * step];
  const Vector even_a = kOfA * (g0 + 0.5f * g2), odd_a = (kOfA * kA) * g1;
  const Vector even_b = kOfB * (g0 + 2.0f * g2), odd_b = (kOfB * kB) * g1;
  u[0] = g0;
  u[to] = even_a + odd_a;
  u[2 * to] = even_a - odd_a;
  u[3 * to] = even_b + odd_b;
  u[4 * to] = even_b - odd_b;
  u[5 * to] = g2;
}

/// The adjoint: three values of a weight's gradient, from those at the points.
MALLEOLUS_INLINE void weight_from_points(const Vector* u, int64_t step, Vector* g, int64_t to) {
  const Vector sum_a = u[step] + u[2 * step], difference_a = u[step] - u[2 * step];
  const Vector sum_b = u[3 * step] + u[4 * step], difference_b = u[3 * step] - u[4 * step];
  g[0] = u[0] + kOfA * sum_a + kOfB * sum_b;
  g[to] = (kOfA * kA) * difference_a + (kOfB * kB) * difference_b;
  g[2 * to] = (kOfA * 0.5f) * sum_a + (kOfB * 2.0f) * sum_b + u[5 * step];
}

/// A tile's 6 x 6 cells at the points: value i of panel p to `to[i * point + p * panel]`.
MALLEOLUS_TARGET void transform_input(const float* const* cells, int64_t channels, float* to, int64_t point,
                                      int64_t panel) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vector read[36], half[36], whole[36];
    for (int64_t i = 0; i < 36; ++i) read[i] = *at(cells[i] + c);
    for (int64_t j = 0; j < 6; ++j) input_at_points(read + j, 6, half + j, 6);
    for (int64_t i = 0; i < 6; ++i) input_at_points(half + 6 * i, 1, whole + 6 * i, 1);
    float* place = to + c / kPanel * panel + c % kPanel;
    for (int64_t i = 0; i < 36; ++i) *at(place + i * point) = whole[i];
  }
}

/// A tile's 4 x 4 gradients at the points, as `transform_input` has them.
MALLEOLUS_TARGET void transform_gradient(const float* const* cells, int64_t channels, float* to, int64_t point,
                                         int64_t panel) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vector read[16], half[24], whole[36];
    for (int64_t i = 0; i < 16; ++i) read[i] = *at(cells[i] + c);
    for (int64_t j = 0; j < 4; ++j) gradient_at_points(read + j, 4, half + j, 4);
    for (int64_t i = 0; i < 6; ++i) gradient_at_points(half + 4 * i, 1, whole + 6 * i, 1);
    float* place = to + c / kPanel * panel + c % kPanel;
    for (int64_t i = 0; i < 36; ++i) *at(place + i * point) = whole[i];
  }
}

/// A tile's 4 x 4 outputs from `from[i * point + channel]`, with the bias; a cell that is null lies outside.
MALLEOLUS_TARGET void transform_output(const float* from, int64_t point, int64_t channels, const float* bias,
                                       float* const* cells) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vector read[36], half[24], whole[16];
    for (int64_t i = 0; i < 36; ++i) read[i] = *at(from + i * point + c);
    for (int64_t j = 0; j < 6; ++j) output_from_points(read + j, 6, half + j, 6);
    for (int64_t i = 0; i < 4; ++i) output_from_points(half + 6 * i, 1, whole + 4 * i, 1);
    const Vector shift = *at(bias + c);
    for (int64_t i = 0; i < 16; ++i) {
      if (cells[i] != nullptr) *at(cells[i] + c) = whole[i] + shift;
    }
  }
}

/// One panel's 3 x 3 weights at the points: tap t from `from[t * tap]`, value i to `to[i * point]`.
MALLEOLUS_TARGET void transform_weight(const float* from, int64_t tap, float* to, int64_t point) {
  for (int64_t c = 0; c < kPanel; c += kWidth) {
    Vector read[9], half[18], whole[36];
    for (int64_t i = 0; i < 9; ++i) read[i] = *at(from + i * tap + c);
    for (int64_t j = 0; j < 3; ++j) weight_at_points(read + j, 3, half + j, 3);
    for (int64_t i = 0; i < 6; ++i) weight_at_points(half + 3 * i, 1, whole + 6 * i, 1);
    for (int64_t i = 0; i < 36; ++i) *at(to + i * point + c) = whole[i];
  }
}

/// The gradient of 3 x 3 weights from its values at the points.
MALLEOLUS_TARGET void transform_weight_gradient(const float* from, int64_t point, int64_t channels, float* to) {
  for (int64_t c = 0; c < channels; c += kWidth) {
    Vector read[36], half[18], whole[9];
    for (int64_t i = 0; i < 36; ++i) read[i] = *at(from + i * point + c);
    for (int64_t j = 0; j < 6; ++j) weight_from_points(read + j, 6, half + j, 6);
    for (int64_t i = 0; i < 3; ++i) weight_from_points(half + 6 * i, 1, whole + 3 * i, 1);
    for (int64_t i = 0; i < 9; ++i) *at(to + i * channels + c) = whole[i];
  }
}

/// Rows [kRows, depth] times a panel [depth, kPanel], to rows of `stride` values.
MALLEOLUS_TARGET void multiply(const float* rows, const float* panel, int64_t depth, float* to, int64_t stride) {
  Vector sums[MALLEOLUS_ROWS][2] = {};
  for (int64_t k = 0; k < depth; ++k) {
    const Vector left = *at(panel + k * kPanel), right = *at(panel + k * kPanel + kWidth);
#pragma GCC unroll 16
    for (int64_t r = 0; r < MALLEOLUS_ROWS; ++r) {
      const float by = rows[r * depth + k];
      sums[r][0] += left * by;
      sums[r][1] += right * by;
    }
  }
#pragma GCC unroll 16
  for (int64_t r = 0; r < MALLEOLUS_ROWS; ++r) {
    *at(to + r * stride) = sums[r][0];
    *at(to + r * stride + kWidth) = sums[r][1];
  }
}

/// Adds to rows of `stride` values the product of two panels over `depth` tiles: some columns of the one,
/// [depth, kPanel] transposed, times all of the other.
MALLEOLUS_TARGET void add_product(const float* columns, const float* panel, int64_t depth, float* to, int64_t stride) {
  Vector sums[MALLEOLUS_GRADIENT_ROWS][2];
#pragma GCC unroll 16
  for (int64_t r = 0; r < MALLEOLUS_GRADIENT_ROWS; ++r) {
    sums[r][0] = *at(to + r * stride);
    sums[r][1] = *at(to + r * stride + kWidth);
  }
  for (int64_t k = 0; k < depth; ++k) {
    const Vector left = *at(panel + k * kPanel), right = *at(panel + k * kPanel + kWidth);
#pragma GCC unroll 16
    for (int64_t r = 0; r < MALLEOLUS_GRADIENT_ROWS; ++r) {
      const float by = columns[k * kPanel + r];
      sums[r][0] += left * by;
      sums[r][1] += right * by;
    }
  }
#pragma GCC unroll 16
  for (int64_t r = 0; r < MALLEOLUS_GRADIENT_ROWS; ++r) {
    *at(to + r * stride) = sums[r][0];
    *at(to + r * stride + kWidth) = sums[r][1];
  }
}

constexpr WinogradLevel kLevel{kPanel,          MALLEOLUS_ROWS,   MALLEOLUS_GRADIENT_ROWS, transform_input,
                               transform_gradient, transform_output, transform_weight,        transform_weight_gradient,
                               multiply,        add_product};

#undef MALLEOLUS_INLINE
#undef MALLEOLUS_TARGET
#undef MALLEOLUS_WIDTH
#undef MALLEOLUS_ROWS
#undef MALLEOLUS_GRADIENT_ROWS

// Products of rows with packed weights. What is done to a value afterwards (bias, the sum with a block's input,
// ReLU6) is done while it lies in a register. Each value is summed over its depth in order, whatever rows lie
// beside it: no bit depends on how rows are cut among threads.
#include "pointwise.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace malleolus {

namespace {

/// The loops of one level of instructions; what they do is said in pointwise_level.h.
struct PointwiseLevel {
  int64_t panel;
  void (*multiply)(const Product&, const float*, int64_t, const float*, float*);
};

#if defined(__x86_64__) && defined(__GNUC__)
namespace avx2 {
#define MALLEOLUS_TARGET __attribute__((target("avx2,fma")))
#define MALLEOLUS_WIDTH 8
#define MALLEOLUS_ROWS 6
#include "pointwise_level.h"
}  // namespace avx2

namespace avx512 {
#define MALLEOLUS_TARGET __attribute__((target("avx512f,avx2,fma")))
#define MALLEOLUS_WIDTH 16
#define MALLEOLUS_ROWS 12
#include "pointwise_level.h"
}  // namespace avx512

/// The best level that the processor has; null where there is none.
const PointwiseLevel* best_level() {
  static const PointwiseLevel* const level = [] {
    if (__builtin_cpu_supports("avx512f")) return &avx512::kLevel;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2::kLevel;
    return static_cast<const PointwiseLevel*>(nullptr);
  }();
  return level;
}
#else
const PointwiseLevel* best_level() { return nullptr; }
#endif

}  // namespace

int64_t panel_outputs() {
  const PointwiseLevel* level = best_level();
  return level == nullptr ? 0 : level->panel;
}

at::Tensor pack_panels(const at::Tensor& weight) {
  const int64_t outputs = weight.size(0), depth = weight.size(1), panel = panel_outputs();
  const int64_t panels = (outputs + panel - 1) / panel;
  const at::Tensor padded = at::zeros({panels * panel, depth}, weight.options());
  padded.slice(0, 0, outputs).copy_(weight.reshape({outputs, depth}));
  return padded.view({panels, panel, depth}).transpose(1, 2).contiguous();
}

at::Tensor pack_bias(const at::Tensor& bias) {
  const int64_t outputs = bias.size(0), panel = panel_outputs();
  const at::Tensor padded = at::zeros({(outputs + panel - 1) / panel * panel}, bias.options());
  padded.slice(0, 0, outputs).copy_(bias);
  return padded;
}

void multiply_rows(const Product& product, const float* rows, int64_t count, const float* added, float* to) {
  best_level()->multiply(product, rows, count, added, to);
}

}  // namespace malleolus

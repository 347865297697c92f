// Products of rows with weights that are packed once: what 1x1 convolutions are, channels-last, in float32.
#pragma once

#include <ATen/core/Tensor.h>

namespace malleolus {

/// Rows [count, depth] times a matrix [depth, outputs] in panels, to rows [count, outputs].
struct Product {
  /// As `pack_panels` writes them; the bias is as long as all panels are wide.
  const float* panels;
  const float* bias;
  int64_t depth, outputs;
  /// Values are cut to what lies between.
  float least, most;
};

/// Outputs of a panel on this processor; 0 where it has no instructions for it.
int64_t panel_outputs();

/// A weight [O, C, 1, 1] as panels [ceil(O / P), C, P], zeros where there are no outputs.
at::Tensor pack_panels(const at::Tensor& weight);

/// A bias [O] as long as the panels, zeros behind.
at::Tensor pack_bias(const at::Tensor& bias);

/// `count` rows; `added`, rows like the output or null, is added before they are cut.
void multiply_rows(const Product& product, const float* rows, int64_t count, const float* added, float* to);

}  // namespace malleolus

// Non-maximum suppression: of boxes that overlap, only the one with the highest score stays.
//
// Boxes [N, 4] as x1, y1, x2, y2 and scores [N], both float32. With groups [N] (int64: a
// class, or a level) boxes of different groups do not touch each other. Returns the kept
// indices, int64, by falling score; equal scores keep their order. As torchvision's: a box
// goes when its IoU with a kept one is above the threshold. `nms_mask` says of every box whether
// it is kept, bool [N]: a shape that hangs on no value, so that nobody need wait for a GPU.
#include <ATen/ATen.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nms.h"
#include "vector_targets.h"

namespace malleolus {

namespace {

/// The boxes in order of score, one array per coordinate, so that the inner loop vectorises.
struct SortedBoxes {
  std::vector<float> x1, y1, x2, y2, area;
  std::vector<int64_t> group;

  SortedBoxes(const float* boxes, const int64_t* groups, const std::vector<int64_t>& order) {
    for (auto* column : {&x1, &y1, &x2, &y2, &area}) column->resize(order.size());
    group.resize(order.size());
    for (size_t i = 0; i < order.size(); ++i) {
      const float* box = boxes + order[i] * 4;
      x1[i] = box[0];
      y1[i] = box[1];
      x2[i] = box[2];
      y2[i] = box[3];
      area[i] = (box[2] - box[0]) * (box[3] - box[1]);
      group[i] = groups == nullptr ? 0 : groups[order[i]];
    }
  }
};

MALLEOLUS_VECTOR_TARGETS
void suppress_after(size_t kept, size_t count, const float* x1, const float* y1, const float* x2, const float* y2,
                    const float* area, const int64_t* group, float threshold, int32_t* suppressed) {
  const float left = x1[kept], top = y1[kept], right = x2[kept], bottom = y2[kept], own = area[kept];
  const int64_t own_group = group[kept];
  for (size_t i = kept + 1; i < count; ++i) {
    const float width = std::min(right, x2[i]) - std::max(left, x1[i]);
    const float height = std::min(bottom, y2[i]) - std::max(top, y1[i]);
    const float overlap = std::max(width, 0.0f) * std::max(height, 0.0f);
    const float iou = overlap / (own + area[i] - overlap);
    suppressed[i] |= static_cast<int32_t>(iou > threshold) & static_cast<int32_t>(group[i] == own_group);
  }
}

at::Tensor nms_cpu(const at::Tensor& boxes, const at::Tensor& scores, double threshold,
                   const c10::optional<at::Tensor>& groups) {
  check_nms(boxes, scores, groups);
  const int64_t count = boxes.size(0);
  const at::Tensor dense_boxes = boxes.contiguous(), dense_scores = scores.contiguous();
  const at::Tensor dense_groups = groups.has_value() ? groups->contiguous() : at::Tensor();
  const float* score = dense_scores.data_ptr<float>();

  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  // NaN goes last: a comparison that is false both ways would not be an order.
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    if (std::isnan(score[a]) || std::isnan(score[b])) return !std::isnan(score[a]) && std::isnan(score[b]);
    return score[a] > score[b];
  });

  const SortedBoxes sorted(dense_boxes.data_ptr<float>(),
                           dense_groups.defined() ? dense_groups.data_ptr<int64_t>() : nullptr, order);
  const float float_threshold = largest_float_not_above(threshold);
  std::vector<int32_t> suppressed(count, 0);
  std::vector<int64_t> kept;
  for (int64_t i = 0; i < count; ++i) {
    if (suppressed[i] != 0) continue;
    kept.push_back(order[i]);
    suppress_after(i, count, sorted.x1.data(), sorted.y1.data(), sorted.x2.data(), sorted.y2.data(),
                   sorted.area.data(), sorted.group.data(), float_threshold, suppressed.data());
  }
  at::Tensor result = at::empty({static_cast<int64_t>(kept.size())}, at::TensorOptions(at::kLong));
  std::copy(kept.begin(), kept.end(), result.data_ptr<int64_t>());
  return result;
}

at::Tensor nms_mask_cpu(const at::Tensor& boxes, const at::Tensor& scores, double threshold,
                        const c10::optional<at::Tensor>& groups) {
  const at::Tensor kept = nms_cpu(boxes, scores, threshold, groups);
  return at::zeros({boxes.size(0)}, at::TensorOptions(at::kBool)).index_fill_(0, kept, true);
}

}  // namespace

void check_nms(const at::Tensor& boxes, const at::Tensor& scores, const c10::optional<at::Tensor>& groups) {
  TORCH_CHECK(boxes.dim() == 2 && boxes.size(1) == 4, "expected boxes of shape [N, 4], got ", boxes.sizes());
  TORCH_CHECK(scores.dim() == 1 && scores.size(0) == boxes.size(0), "expected scores of shape [", boxes.size(0),
              "], got ", scores.sizes());
  TORCH_CHECK(boxes.scalar_type() == at::kFloat && scores.scalar_type() == at::kFloat,
              "expected float32 boxes and scores, got ", boxes.scalar_type(), " and ", scores.scalar_type());
  if (groups.has_value()) {
    TORCH_CHECK(groups->dim() == 1 && groups->size(0) == boxes.size(0) && groups->scalar_type() == at::kLong,
                "expected int64 groups of shape [", boxes.size(0), "], got ", groups->scalar_type(), " ",
                groups->sizes());
  }
  TORCH_CHECK(scores.device() == boxes.device() && (!groups.has_value() || groups->device() == boxes.device()),
              "expected scores and groups on ", boxes.device(), ", as the boxes");
}

float largest_float_not_above(double value) {
  const auto nearest = static_cast<float>(value);
  return static_cast<double>(nearest) > value ? std::nextafter(nearest, -INFINITY) : nearest;
}

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def("nms(Tensor boxes, Tensor scores, float threshold, Tensor? groups=None) -> Tensor");
  library.def("nms_mask(Tensor boxes, Tensor scores, float threshold, Tensor? groups=None) -> Tensor");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("nms", nms_cpu);
  library.impl("nms_mask", nms_mask_cpu);
}

}  // namespace malleolus

// Non-maximum suppression for tensors on a GPU (nms.cuh). Also registered as `simulated_*` for tensors on the CPU,
// where the same code runs its kernels thread by thread: for tests.
#include "../nms.h"

#include <torch/library.h>

#include "launch.h"
#include "nms.cuh"

namespace malleolus::cuda {

namespace {

/// By falling score, equal ones in their order, NaN last.
at::Tensor order_of(const at::Tensor& scores) {
  // Rising order of the negatives: LibTorch sorts NaN as the largest. A difference, because it has one zero only.
  const at::Tensor keys = at::rsub(scores, at::Scalar(0));
  return std::get<1>(at::sort(keys, /*stable=*/true, /*dim=*/0, /*descending=*/false));
}

/// Which boxes are kept, bool [N]: of the sorted ones, or of the boxes as they came.
at::Tensor flags_of(const at::Tensor& boxes, const at::Tensor& order, double threshold,
                    const c10::optional<at::Tensor>& groups, bool sorted) {
  const auto device = boxes.device();
  const int64_t count = boxes.size(0), words = kernels::words_for(count);
  const at::Tensor own = boxes.index_select(0, order);
  const at::Tensor own_groups = groups.has_value() ? groups->index_select(0, order) : at::Tensor();
  const at::Tensor mask = at::empty({count, words}, boxes.options().dtype(at::kLong));
  const at::Tensor suppressed = at::zeros({words}, mask.options()), kept = at::empty_like(suppressed);
  const at::Tensor flags = at::empty({count}, boxes.options().dtype(at::kBool));
  const auto bits = [](const at::Tensor& tensor) { return static_cast<kernels::Bits*>(tensor.data_ptr()); };
  const auto ints = [](const at::Tensor& tensor) { return static_cast<const kernels::Int*>(tensor.data_ptr()); };

  launch(kernels::nms_mask, device, count * words,
         kernels::NmsMask{own.data_ptr<float>(), own_groups.defined() ? ints(own_groups) : nullptr, count,
                          largest_float_not_above(threshold), bits(mask)});
  launch(kernels::nms_selection, device, kernels::NmsSelection{bits(mask), count, bits(suppressed), bits(kept)});
  launch(kernels::nms_flags, device, count,
         kernels::NmsFlags{bits(kept), sorted ? nullptr : ints(order), count, flags.data_ptr<bool>()});
  return flags;
}

at::Tensor nms(const at::Tensor& boxes, const at::Tensor& scores, double threshold,
               const c10::optional<at::Tensor>& groups) {
  check_nms(boxes, scores, groups);
  const at::Tensor order = order_of(scores);
  // Here the host learns their number: a tensor has a size. `nms_mask` does without.
  return order.masked_select(flags_of(boxes, order, threshold, groups, true));
}

at::Tensor nms_mask(const at::Tensor& boxes, const at::Tensor& scores, double threshold,
                    const c10::optional<at::Tensor>& groups) {
  check_nms(boxes, scores, groups);
  return flags_of(boxes, order_of(scores), threshold, groups, false);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def("simulated_nms(Tensor boxes, Tensor scores, float threshold, Tensor? groups=None) -> Tensor");
  library.def("simulated_nms_mask(Tensor boxes, Tensor scores, float threshold, Tensor? groups=None) -> Tensor");
}

TORCH_LIBRARY_IMPL(malleolus, CUDA, library) {
  library.impl("nms", nms);
  library.impl("nms_mask", nms_mask);
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("simulated_nms", nms);
  library.impl("simulated_nms_mask", nms_mask);
}

}  // namespace malleolus::cuda

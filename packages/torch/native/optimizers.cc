// One step of an optimiser in one pass over the memory, where a step made of foreach operators
// reads and writes every parameter, gradient and moment several times.
//
// Parameters, gradients and moments are lists of as many float32 tensors on one device, alike in size;
// moments lie in memory as their parameter does. Formulas: torch.optim.SGD (momentum, no dampening),
// torch.optim.Adam and torch.optim.AdamW; results differ from theirs in the last bit.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <cmath>

#include "optimizers.h"
#include "vector_targets.h"

namespace malleolus {

namespace {

// Values a thread takes at a time: enough to outweigh the handing over, and a task for every core.
constexpr int64_t kChunk = 1 << 15;

struct Moving {
  float learning_rate, momentum, weight_decay;
};

MALLEOLUS_VECTOR_TARGETS
void move_by_momentum(float* parameter, const float* gradient, float* velocity, const Moving& by, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] + by.weight_decay * parameter[i];
    const float v = by.momentum * velocity[i] + g;
    velocity[i] = v;
    parameter[i] -= by.learning_rate * v;
  }
}

struct Adapting {
  float rate, beta1, beta2, eps, coupled_decay, kept, root;
};

MALLEOLUS_VECTOR_TARGETS
void move_by_moments(float* parameter, const float* gradient, float* mean, float* square, const Adapting& by,
                     int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float p = parameter[i] * by.kept;
    const float g = gradient[i] + by.coupled_decay * p;
    const float m = by.beta1 * mean[i] + (1 - by.beta1) * g;
    const float s = by.beta2 * square[i] + (1 - by.beta2) * g * g;
    mean[i] = m;
    square[i] = s;
    parameter[i] = p - by.rate * m / (std::sqrt(s) / by.root + by.eps);
  }
}

void check_list(const char* name, at::TensorList tensors, at::TensorList parameters) {
  TORCH_CHECK(tensors.size() == parameters.size(), "expected as many ", name, " as parameters, ", parameters.size(),
              ", got ", tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto& tensor = tensors[i];
    TORCH_CHECK(tensor.scalar_type() == at::kFloat && tensor.device() == parameters[0].device() &&
                    tensor.layout() == at::kStrided && tensor.sizes() == parameters[i].sizes(),
                "expected ", name, " in float32 on one device, alike in size, got ", tensor.sizes(), " ",
                tensor.scalar_type(), " on ", tensor.device(), " for ", parameters[i].sizes(), " on ",
                parameters[0].device());
  }
}

/// What is written to must lie dense in memory, and every list in the same order.
void check_written(const char* name, at::TensorList tensors, at::TensorList parameters) {
  check_list(name, tensors, parameters);
  for (size_t i = 0; i < tensors.size(); ++i) {
    TORCH_CHECK(tensors[i].is_non_overlapping_and_dense() && tensors[i].strides() == parameters[i].strides(),
                "expected ", name, " that lie dense in memory, as their parameter does");
  }
}

/// Calls body(tensor, first, count) for every chunk of every tensor, in parallel.
template <typename Body>
void for_each_chunk(at::TensorList tensors, Body&& body) {
  std::vector<std::pair<size_t, int64_t>> chunks;
  for (size_t i = 0; i < tensors.size(); ++i) {
    for (int64_t first = 0; first < tensors[i].numel(); first += kChunk) chunks.emplace_back(i, first);
  }
  at::parallel_for(0, static_cast<int64_t>(chunks.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      const auto [tensor, first] = chunks[static_cast<size_t>(c)];
      body(tensor, first, std::min(kChunk, tensors[tensor].numel() - first));
    }
  });
}

std::vector<at::Tensor> laid_out_like(at::TensorList gradients, at::TensorList parameters) {
  std::vector<at::Tensor> laid_out;
  for (size_t i = 0; i < gradients.size(); ++i) {
    const bool same = gradients[i].strides() == parameters[i].strides();
    laid_out.push_back(same ? gradients[i] : at::empty_like(parameters[i]).copy_(gradients[i]));
  }
  return laid_out;
}

std::vector<float*> addresses(at::TensorList tensors) {
  std::vector<float*> found;
  for (const auto& tensor : tensors) found.push_back(tensor.data_ptr<float>());
  return found;
}

void check_not_recorded(at::TensorList parameters) {
  if (!at::GradMode::is_enabled()) return;
  for (const auto& parameter : parameters) {
    TORCH_CHECK(!parameter.requires_grad(), "an optimiser's step is not recorded by autograd: call it in noGrad");
  }
}

void sgd_step(at::TensorList parameters, at::TensorList gradients, at::TensorList velocities, double learning_rate,
              double momentum, double weight_decay) {
  const auto dense = check_sgd_step(parameters, gradients, velocities);
  const auto p = addresses(parameters), g = addresses(dense), v = addresses(velocities);
  const Moving by{static_cast<float>(learning_rate), static_cast<float>(momentum), static_cast<float>(weight_decay)};
  for_each_chunk(parameters, [&](size_t i, int64_t first, int64_t count) {
    move_by_momentum(p[i] + first, g[i] + first, v[i] + first, by, count);
  });
  mark_written({parameters, velocities});
}

void adam_step(at::TensorList parameters, at::TensorList gradients, at::TensorList means, at::TensorList squares,
               double learning_rate, double beta1, double beta2, double eps, double weight_decay, bool decoupled,
               int64_t step) {
  const auto dense = check_adam_step(parameters, gradients, means, squares, step);
  const auto p = addresses(parameters), g = addresses(dense), m = addresses(means), s = addresses(squares);
  const auto age = static_cast<double>(step);
  const Adapting by{static_cast<float>(learning_rate / (1 - std::pow(beta1, age))),
                    static_cast<float>(beta1),
                    static_cast<float>(beta2),
                    static_cast<float>(eps),
                    static_cast<float>(decoupled ? 0 : weight_decay),
                    static_cast<float>(decoupled ? 1 - learning_rate * weight_decay : 1),
                    static_cast<float>(std::sqrt(1 - std::pow(beta2, age)))};
  for_each_chunk(parameters, [&](size_t i, int64_t first, int64_t count) {
    move_by_moments(p[i] + first, g[i] + first, m[i] + first, s[i] + first, by, count);
  });
  mark_written({parameters, means, squares});
}

}  // namespace

std::vector<at::Tensor> check_sgd_step(at::TensorList parameters, at::TensorList gradients,
                                       at::TensorList velocities) {
  check_not_recorded(parameters);
  check_written("parameters", parameters, parameters);
  check_list("gradients", gradients, parameters);
  check_written("velocities", velocities, parameters);
  return laid_out_like(gradients, parameters);
}

std::vector<at::Tensor> check_adam_step(at::TensorList parameters, at::TensorList gradients, at::TensorList means,
                                        at::TensorList squares, int64_t step) {
  check_not_recorded(parameters);
  check_written("parameters", parameters, parameters);
  check_list("gradients", gradients, parameters);
  check_written("means", means, parameters);
  check_written("squares", squares, parameters);
  TORCH_CHECK(step > 0, "expected the number of a step, from 1, got ", step);
  return laid_out_like(gradients, parameters);
}

void mark_written(std::initializer_list<at::TensorList> lists) {
  for (const at::TensorList list : lists) {
    for (const auto& tensor : list) tensor.unsafeGetTensorImpl()->bump_version();
  }
}

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def(
      "sgd_step_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] velocities, float learning_rate, "
      "float momentum, float weight_decay) -> ()");
  library.def(
      "adam_step_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] means, Tensor(c!)[] squares, "
      "float learning_rate, float beta1, float beta2, float eps, float weight_decay, bool decoupled, int step) -> ()");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("sgd_step_", sgd_step);
  library.impl("adam_step_", adam_step);
}

}  // namespace malleolus

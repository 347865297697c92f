// One step of an optimiser for tensors on a GPU, by LibTorch's own fused kernels where it has them, else by its
// foreach operators. Also registered as `simulated_*` for tensors on the CPU: for tests.
#include "../optimizers.h"

#include <ATen/ATen.h>
#include <torch/library.h>
#include <torch/version.h>

#include <cmath>

// Since 2.4 for the CPU, too, so that the tests run what a GPU would.
#define MALLEOLUS_HAS_FUSED_OPTIMISERS (TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4))

namespace malleolus::cuda {

namespace {

void sgd_step(at::TensorList parameters, at::TensorList gradients, at::TensorList velocities, double learning_rate,
              double momentum, double weight_decay) {
  const auto dense = check_sgd_step(parameters, gradients, velocities);
  {
    const at::AutoDispatchBelowADInplaceOrView below_autograd;
#if MALLEOLUS_HAS_FUSED_OPTIMISERS
    // LibTorch's kernel has no velocities where there is no momentum.
    if (momentum > 0) {
      at::_fused_sgd_(parameters, dense, velocities, weight_decay, momentum, learning_rate, /*dampening=*/0.0,
                      /*nesterov=*/false, /*maximize=*/false, /*is_first_step=*/false);
    } else
#endif
    {
      const auto pull = at::_foreach_add(dense, parameters, weight_decay);
      at::_foreach_mul_(velocities, momentum);
      at::_foreach_add_(velocities, pull);
      at::_foreach_add_(parameters, velocities, -learning_rate);
    }
  }
  mark_written({parameters, velocities});
}

void adam_step(at::TensorList parameters, at::TensorList gradients, at::TensorList means, at::TensorList squares,
               double learning_rate, double beta1, double beta2, double eps, double weight_decay, bool decoupled,
               int64_t step) {
  const auto dense = check_adam_step(parameters, gradients, means, squares, step);
  if (parameters.empty()) return;
  {
    const at::AutoDispatchBelowADInplaceOrView below_autograd;
    const auto age = static_cast<double>(step);
#if MALLEOLUS_HAS_FUSED_OPTIMISERS
    const std::vector<at::Tensor> ages(parameters.size(), at::full({}, age, parameters[0].options()));
    const auto update = decoupled ? at::_ops::_fused_adamw_::call : at::_ops::_fused_adam_::call;
    update(parameters, dense, means, squares, /*max_exp_avg_sqs=*/{}, ages, learning_rate, beta1, beta2, weight_decay,
           eps, /*amsgrad=*/false, /*maximize=*/false, /*grad_scale=*/{}, /*found_inf=*/{});
#else
    if (decoupled) at::_foreach_mul_(parameters, 1 - learning_rate * weight_decay);
    const auto pull = at::_foreach_add(dense, parameters, decoupled ? 0.0 : weight_decay);
    at::_foreach_mul_(means, beta1);
    at::_foreach_add_(means, pull, 1 - beta1);
    at::_foreach_mul_(squares, beta2);
    at::_foreach_addcmul_(squares, pull, pull, 1 - beta2);
    auto divisors = at::_foreach_sqrt(squares);
    at::_foreach_div_(divisors, std::sqrt(1 - std::pow(beta2, age)));
    at::_foreach_add_(divisors, eps);
    at::_foreach_addcdiv_(parameters, means, divisors, -learning_rate / (1 - std::pow(beta1, age)));
#endif
  }
  mark_written({parameters, means, squares});
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def(
      "simulated_sgd_step_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] velocities, "
      "float learning_rate, float momentum, float weight_decay) -> ()");
  library.def(
      "simulated_adam_step_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] means, Tensor(c!)[] squares, "
      "float learning_rate, float beta1, float beta2, float eps, float weight_decay, bool decoupled, int step) -> ()");
}

TORCH_LIBRARY_IMPL(malleolus, CUDA, library) {
  library.impl("sgd_step_", sgd_step);
  library.impl("adam_step_", adam_step);
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("simulated_sgd_step_", sgd_step);
  library.impl("simulated_adam_step_", adam_step);
}

}  // namespace malleolus::cuda

// Groups by c10d's Gloo. Gloo itself is inside LibTorch, or beside it as Debian's libgloo0; its headers, which
// c10d's include, come with neither. Without them this file is what says so.
#include "process_group.h"

#ifdef MALLEOLUS_GLOO

#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace malleolus {

namespace {

/// c10d and Gloo throw classes of their own, of which the text alone says what happened.
template <typename Body>
auto or_lost(Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const LostProcess&) {
    throw;
  } catch (const std::exception& error) {
    throw LostProcess(error.what());
  }
}

class GlooCollective : public Collective {
 public:
  explicit GlooCollective(c10::intrusive_ptr<c10d::Work> work) : work_(std::move(work)) {}
  void wait() override {
    or_lost([&] { work_->wait(); });
  }

 private:
  c10::intrusive_ptr<c10d::Work> work_;
};

class GlooGroup : public ProcessGroup {
 public:
  explicit GlooGroup(const Meeting& meeting) : store_(store_of(meeting)) {
    auto options = c10d::ProcessGroupGloo::Options::create(meeting.timeout);
    options->devices.push_back(device_of(meeting));
    // One for the bucket that is under way, one for what comes behind it.
    options->threads = 2;
    gloo_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store_, static_cast<int>(meeting.rank),
                                                        static_cast<int>(meeting.size), options);
  }

  std::unique_ptr<Collective> all_reduce(at::Tensor tensor, Reduction reduction) override {
    return or_lost([&] {
      std::vector<at::Tensor> tensors{std::move(tensor)};
      c10d::AllreduceOptions options;
      options.reduceOp = reduction == Reduction::sum ? c10d::ReduceOp::SUM : c10d::ReduceOp::MAX;
      return std::make_unique<GlooCollective>(gloo_->allreduce(tensors, options));
    });
  }

  std::unique_ptr<Collective> broadcast(at::Tensor tensor, int64_t from) override {
    return or_lost([&] {
      std::vector<at::Tensor> tensors{std::move(tensor)};
      c10d::BroadcastOptions options;
      options.rootRank = from;
      return std::make_unique<GlooCollective>(gloo_->broadcast(tensors, options));
    });
  }

 private:
  static c10::intrusive_ptr<c10d::Store> store_of(const Meeting& meeting) {
    c10::intrusive_ptr<c10d::Store> store;
    if (!meeting.file.empty()) {
      store = c10::make_intrusive<c10d::FileStore>(meeting.file, static_cast<int>(meeting.size));
    } else {
      c10d::TCPStoreOptions options;
      options.port = static_cast<uint16_t>(meeting.port);
      options.isServer = meeting.serves;
      options.waitWorkers = false;
      options.timeout = meeting.timeout;
      store = c10::make_intrusive<c10d::TCPStore>(meeting.host, options);
    }
    store->setTimeout(meeting.timeout);
    if (meeting.prefix.empty()) return store;
    return c10::make_intrusive<c10d::PrefixStore>(meeting.prefix, std::move(store));
  }

  static std::shared_ptr<::gloo::transport::Device> device_of(const Meeting& meeting) {
    if (!meeting.interface.empty()) return c10d::ProcessGroupGloo::createDeviceForInterface(meeting.interface);
    return c10d::ProcessGroupGloo::createDeviceForHostname(meeting.address);
  }

  c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo_;
};

}  // namespace

const char* missing_for_groups() { return nullptr; }

std::shared_ptr<ProcessGroup> join_group(const Meeting& meeting) {
  return or_lost([&] { return std::make_shared<GlooGroup>(meeting); });
}

}  // namespace malleolus

#else

namespace malleolus {

const char* missing_for_groups() { return MALLEOLUS_GLOO_MISSING; }

std::shared_ptr<ProcessGroup> join_group(const Meeting&) {
  throw std::runtime_error(std::string("this build has no process groups: ") + missing_for_groups());
}

}  // namespace malleolus

#endif

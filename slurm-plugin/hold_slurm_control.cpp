#include "slurm-plugin/hold_slurm_control.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <pwd.h>
#include <slurm/slurm_errno.h>
#include <utility>

#include "slurm-plugin/slurm_query.h"
#include "slurm-plugin/slurm_release.h"
#include "slurm-plugin/slurm_view.h"

namespace foreshape {
namespace {

struct FreeNodes {
  void operator()(node_info_msg_t* nodes) const noexcept { slurm_free_node_info_msg(nodes); }
};
struct FreePartitions {
  void operator()(partition_info_msg_t* partitions) const noexcept {
    slurm_free_partition_info_msg(partitions);
  }
};
struct FreeReservations {
  void operator()(reserve_info_msg_t* r) const noexcept { slurm_free_reservation_info_msg(r); }
};

// The pool is open to everybody: a list of users who may not, with one on it whom Slurm always knows (where
// it enforces associations a name without one is refused) and who submits no jobs of note.
constexpr const char* kEverybody = "-root";

int reason_of(int answer) { return answer == SLURM_ERROR ? last_slurm_error() : answer; }

tl::unexpected<Error> refusal(const char* call, int reason) {
  return failure(ErrorCode::unavailable, std::string(call) + ": " + slurm_strerror(reason));
}

Result<void> answer_of(const char* call, int answer) {
  if (answer == SLURM_SUCCESS) return {};
  return refusal(call, reason_of(answer));
}

/// Owns the strings that a resv_desc_msg_t points to.
class Wish {
 public:
  explicit Wish(const WantedHold& hold) : name_(hold.name), nodes_(joined(hold.nodes)) {
    slurm_init_resv_desc_msg(&message_);
    message_.name = name_.data();
    message_.node_list = nodes_.data();
    message_.end_time = hold.ends_s;
  }
  Wish(const Wish&) = delete;
  Wish& operator=(const Wish&) = delete;

  /// What only a new reservation needs. FLEX: a job is not killed at the end, and may use other nodes as
  /// well. NO_HOLD_JOBS: those that still wait in it at its end become ordinary jobs instead of held ones.
  void complete(const WantedHold& hold, UnixSeconds now_s) {
    partition_ = hold.partition;
    users_ = hold.kind == HoldKind::personal ? hold.user : kEverybody;
    message_.partition = partition_.data();
    message_.users = users_.data();
    message_.start_time = now_s;
    message_.flags = RESERVE_FLAG_FLEX | RESERVE_FLAG_IGN_JOBS | RESERVE_FLAG_NO_HOLD_JOBS;
    if (hold.kind != HoldKind::personal) return;
    message_.flags |= RESERVE_FLAG_MAGNETIC | RESERVE_FLAG_PURGE_COMP;
    message_.purge_comp_time = static_cast<std::uint32_t>(std::max<UnixSeconds>(hold.ends_s - now_s, 1));
  }

  resv_desc_msg_t* get() { return &message_; }

 private:
  resv_desc_msg_t message_{};
  std::string name_, nodes_, partition_, users_;
};

Result<void> end_now(const std::string& name) {
  std::string own = name;
  resv_desc_msg_t message;
  slurm_init_resv_desc_msg(&message);
  message.name = own.data();
  message.end_time = std::time(nullptr) + 1;
  return answer_of("slurm_update_reservation", slurm_update_reservation(&message));
}

template <class Message, class Free, class Load>
Result<std::unique_ptr<Message, Free>> loaded(const char* call, Load load) {
  Message* raw = nullptr;
  if (const int answer = load(&raw); answer != SLURM_SUCCESS) return refusal(call, reason_of(answer));
  return std::unique_ptr<Message, Free>(raw);
}

}  // namespace

Result<SeenSlurm> HoldSlurmControl::look() {
  const auto nodes = loaded<node_info_msg_t, FreeNodes>(
      "slurm_load_node", [](auto** out) { return slurm_load_node(0, out, SHOW_ALL); });
  if (!nodes) return tl::make_unexpected(nodes.error());
  const auto partitions = loaded<partition_info_msg_t, FreePartitions>(
      "slurm_load_partitions", [](auto** out) { return slurm_load_partitions(0, out, SHOW_ALL); });
  if (!partitions) return tl::make_unexpected(partitions.error());
  // Before the jobs: a reservation that a job of the list names is then never younger than the list.
  const auto reservations = loaded<reserve_info_msg_t, FreeReservations>(
      "slurm_load_reservations", [](auto** out) { return slurm_load_reservations(0, out); });
  if (!reservations) return tl::make_unexpected(reservations.error());
  const auto jobs = changed_jobs(0);
  if (!jobs) return tl::make_unexpected(jobs.error());

  SeenSlurm seen;
  seen.at_s = std::time(nullptr);
  seen.nodes = seen_nodes(**nodes, **partitions, seen.at_s);
  seen.jobs = seen_jobs(**jobs, seen.nodes, requests_);
  seen.reservations = seen_reservations(**reservations, seen.nodes);
  return seen;
}

Result<void> HoldSlurmControl::create(const WantedHold& hold) {
  Wish wish(hold);
  wish.complete(hold, std::time(nullptr));
  char* name = slurm_create_reservation(wish.get());
  if (name == nullptr) return refusal("slurm_create_reservation", last_slurm_error());
  std::free(name);
  return {};
}

Result<void> HoldSlurmControl::change(const WantedHold& hold) {
  Wish wish(hold);
  return answer_of("slurm_update_reservation", slurm_update_reservation(wish.get()));
}

Result<void> HoldSlurmControl::release(const std::string& name) {
  std::string own = name;
  reservation_name_msg_t message{own.data()};
  const int answer = slurm_delete_reservation(&message);
  if (answer == SLURM_SUCCESS) return {};
  const int reason = reason_of(answer);
  if (reason == ESLURM_RESERVATION_INVALID) return {};  // gone already
  // While jobs run in it Slurm does not delete it, but lets it end.
  if (reason == ESLURM_RESERVATION_BUSY) return end_now(name);
  return refusal("slurm_delete_reservation", reason);
}

Result<void> HoldSlurmControl::put_job(JobId job, const std::string& reservation) {
  std::string own = reservation;
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  message.job_id = job;
  message.reservation = own.data();
  return answer_of("slurm_update_job", slurm_update_job(&message));
}

std::optional<UserId> HoldSlurmControl::user_id(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16'384);  // sysconf(_SC_GETPW_R_SIZE_MAX) is only a hint, and smaller
  if (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return found->pw_uid;
}

}  // namespace foreshape

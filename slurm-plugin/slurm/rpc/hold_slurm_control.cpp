// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/hold_slurm_control.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <pwd.h>
#include <slurm/slurm_errno.h>
#include <utility>

#include "slurm-plugin/slurm/rpc/job_now.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/rpc/slurm_query.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/slurm/slurm_view.h"

namespace foreshape {
namespace {

struct FreeReservations {
  void operator()(reserve_info_msg_t* r) const noexcept { slurm_free_reservation_info_msg(r); }
};

// Whom we put in is nobody else's business: every hold is open to everybody, by a list of users who may not,
// with one on it whom Slurm always knows (where it enforces associations a name without one is refused) and
// who submits no jobs of note. Who comes in by hand is refused before, and taken out.
constexpr const char* kEverybody = "-root";

/// Owns the strings that a resv_desc_msg_t points to.
class ReservationRequest {
 public:
  explicit ReservationRequest(const WantedHold& hold) : name_(hold.name), nodes_(joined(hold.nodes)) {
    slurm_init_resv_desc_msg(&message_);
    message_.name = name_.data();
    message_.node_list = nodes_.data();
    message_.end_time = hold.ends_s;
  }
  ReservationRequest(const ReservationRequest&) = delete;
  ReservationRequest& operator=(const ReservationRequest&) = delete;

  /// What only a new reservation needs. FLEX: a job is not killed at the end, and may use other nodes as
  /// well. NO_HOLD_JOBS: those that still wait in it at its end become ordinary jobs instead of held ones.
  /// OVERLAP: an administrator may reserve the same nodes; the next pass gives way. No partition: one that a
  /// reservation names can't be deleted.
  void complete(UnixSeconds now_s) {
    message_.users = users_.data();
    message_.start_time = now_s;
    message_.flags =
        RESERVE_FLAG_FLEX | RESERVE_FLAG_IGN_JOBS | RESERVE_FLAG_NO_HOLD_JOBS | RESERVE_FLAG_OVERLAP;
  }

  resv_desc_msg_t* get() { return &message_; }

 private:
  resv_desc_msg_t message_{};
  std::string name_, nodes_, users_ = kEverybody;
};

int end_at(const std::string& name, std::time_t end_time) {
  std::string own = name;
  resv_desc_msg_t message;
  slurm_init_resv_desc_msg(&message);
  message.name = own.data();
  message.end_time = end_time;
  return slurm_update_reservation(&message);
}

/// At this very second, so that a later step of the same pass can take its nodes; a second later where it
/// began only in this one. It is never deleted: a delete that is refused, since a job has come meanwhile,
/// ends backfill's cycle (Slurm up to 26.05.2). Slurm itself takes an ended one away, once no job is in it.
Result<void> end_now(const std::string& name) {
  return told("slurm_update_reservation", [&] {
    const std::time_t now_s = std::time(nullptr);
    if (end_at(name, now_s) == SLURM_SUCCESS) return SLURM_SUCCESS;
    const int answer = end_at(name, now_s + 1);
    const bool is_gone = answer != SLURM_SUCCESS && reason_of(answer) == ESLURM_RESERVATION_INVALID;
    return is_gone ? SLURM_SUCCESS : answer;
  });
}

/// find(entry, buffer, size, found): getpwnam_r or getpwuid_r. part: what is wanted of the entry, which is gone afterwards.
template <class Find, class Part>
auto of_person(Find&& find, Part&& part) -> std::optional<decltype(part(passwd{}))> {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16'384);  // sysconf(_SC_GETPW_R_SIZE_MAX) is only a hint, and smaller
  if (find(&entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::nullopt;
  return part(*found);
}

}  // namespace

Result<SeenSlurm> HoldSlurmControl::look() {
  const auto nodes = load_nodes();
  if (!nodes) return tl::make_unexpected(nodes.error());
  const auto partitions = load_partitions();
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
  seen.reservations = seen_reservations(**reservations, **nodes, seen.nodes);
  return seen;
}

Result<void> HoldSlurmControl::create(const WantedHold& hold) {
  ReservationRequest request(hold);
  request.complete(std::time(nullptr));
  return told("slurm_create_reservation", [&] {
    char* name = slurm_create_reservation(request.get());
    if (name == nullptr) return SLURM_ERROR;
    free_created_name(name);
    return SLURM_SUCCESS;
  });
}

Result<void> HoldSlurmControl::change(const WantedHold& hold) {
  ReservationRequest request(hold);
  return told("slurm_update_reservation", [&] { return slurm_update_reservation(request.get()); });
}

Result<void> HoldSlurmControl::release(const std::string& name) { return end_now(name); }

Result<void> HoldSlurmControl::put_job(JobId job, const std::string& reservation) {
  std::string own = reservation;
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  job_id_of(message) = job;
  message.reservation = own.data();
  return told("slurm_update_job", [&] { return slurm_update_job(&message); });
}

bool HoldSlurmControl::has_ended(JobId job) {
  const auto now = job_now(job, JobState::running);
  return !now && now.error().code == ErrorCode::not_found;
}

std::optional<UserId> HoldSlurmControl::user_id(const std::string& name) {
  return of_person([&](auto... out) { return getpwnam_r(name.c_str(), out...); },
                   [](const passwd& person) { return person.pw_uid; });
}

std::optional<std::string> HoldSlurmControl::user_name(UserId uid) {
  return of_person([&](auto... out) { return getpwuid_r(uid, out...); },
                   [](const passwd& person) { return std::string(person.pw_name); });
}

}  // namespace foreshape

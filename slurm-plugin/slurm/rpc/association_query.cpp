// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/association_query.h"

#include <map>
#include <slurm/slurmdb.h>
#include <string>

#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {
namespace {

struct FreeAssociations {
  void operator()(assoc_mgr_info_msg_t* answer) const noexcept { slurm_free_assoc_mgr_info_msg(answer); }
};

std::string text(const char* value) { return std::string(bounded(value)); }

/// Slurm's list, whose type has another name in newer releases.
template <class Record, class List, class Visit>
void for_each(List list, Visit visit) {
  if (list == nullptr) return;
  const auto iterator = slurm_list_iterator_create(list);
  while (const void* one = slurm_list_next(iterator)) visit(*static_cast<const Record*>(one));
  slurm_list_iterator_destroy(iterator);
}

using QosNames = std::map<std::uint32_t, std::string>;

std::string qos_name(const QosNames& names, std::uint32_t id) {
  const auto found = names.find(id);
  return found != names.end() ? found->second : "";
}

/// The single QOS of a list of numbers as texts; empty if there are others.
std::string only_qos(const slurmdb_assoc_rec_t& association, const QosNames& names) {
  if (association.qos_list == nullptr || slurm_list_count(association.qos_list) != 1) return "";
  std::string only;
  for_each<char>(association.qos_list, [&](const char& digits) {
    const std::string id(&digits);
    for (const auto& [number, name] : names)
      if (std::to_string(number) == id) only = name;
  });
  return only;
}

std::string default_qos(const slurmdb_assoc_rec_t& association, const QosNames& names) {
  std::string name = qos_name(names, association.def_qos_id);
  return name.empty() ? only_qos(association, names) : name;
}

AssociationRows rows_of(const assoc_mgr_info_msg_t& answer) {
  AssociationRows rows;
  QosNames qoses;
  for_each<slurmdb_qos_rec_t>(answer.qos_list,
                              [&](const slurmdb_qos_rec_t& qos) { qoses[qos.id] = text(qos.name); });
  std::map<std::string, UserId> uids;
  for_each<slurmdb_user_rec_t>(answer.user_list, [&](const slurmdb_user_rec_t& user) {
    if (user.uid == NO_VAL || user.name == nullptr) return;
    uids[user.name] = user.uid;
    rows.users.push_back({user.uid, text(user.default_acct)});
  });
  if (!qoses.empty()) rows.qos = "normal";
  for_each<slurmdb_assoc_rec_t>(answer.assoc_list, [&](const slurmdb_assoc_rec_t& one) {
    const bool is_root_account = one.user == nullptr && text(one.acct) == "root";
    if (is_root_account)
      if (const std::string name = qos_name(qoses, one.def_qos_id); !name.empty()) rows.qos = name;
    const auto uid = uids.find(text(one.user));
    if (uid == uids.end()) return;
    rows.associations.push_back({uid->second, text(one.acct), text(one.partition), default_qos(one, qoses)});
  });
  return rows;
}

}  // namespace

Result<AssociationRows> load_associations() {
  assoc_mgr_info_request_msg_t question{};
  question.flags = ASSOC_MGR_INFO_FLAG_ASSOC | ASSOC_MGR_INFO_FLAG_USERS | ASSOC_MGR_INFO_FLAG_QOS;
  const auto answer = loaded<assoc_mgr_info_msg_t, FreeAssociations>(
      "slurm_load_assoc_mgr_info", [&](auto** out) { return slurm_load_assoc_mgr_info(&question, out); });
  if (!answer) return tl::make_unexpected(answer.error());
  return rows_of(**answer);
}

}  // namespace foreshape

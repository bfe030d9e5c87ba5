// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Errors as values: what every function that can fail returns.
//
// Runs in: slurmctld and offline.
// Threads: plain values.

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace foreshape {

/// For branching only; the message is for a person.
enum class ErrorCode {
  invalid_input,  ///< what came from outside is wrong: a line, a field, an option
  not_found,      ///< the named thing does not exist
  corrupt,        ///< a file of ours is damaged: magic, version, checksum, bounds
  unavailable,    ///< a service, disk or peer does not answer now; trying again may help
  busy,           ///< somebody else has it for now
  deadline,       ///< there was no time left
  internal,       ///< a library failed in a way that it should not
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  ///< names the file, row or job, what was expected, and the cure where there is one
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(ErrorCode code, std::string message) {
  return tl::make_unexpected(Error{code, std::move(message)});
}

/// The same error with "<what>: " in front, e.g. the name of the file that it is about.
inline Error about(const std::string& what, Error error) {
  error.message = what + ": " + error.message;
  return error;
}

}  // namespace foreshape

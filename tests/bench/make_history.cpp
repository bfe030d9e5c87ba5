// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a data set of made-up users with habits (tests/trainer/synthetic_users.h), for tests and
// measurements.
//
//   make_history FILE.h5 JOBS USERS [NOISE] [SEED]

#include <cstdlib>
#include <fmt/format.h>

#include "tests/trainer/synthetic_users.h"
#include "trainer/dataset_file.h"

int main(int argc, char** argv) {
  using namespace foreshape;
  if (argc < 4) {
    fmt::print(stderr, "usage: make_history FILE.h5 JOBS USERS [NOISE] [SEED]\n");
    return 2;
  }
  const auto number = [&](int i, const char* otherwise) {
    return std::strtod(argc > i ? argv[i] : otherwise, nullptr);
  };
  const double noise = number(4, "0.1");
  test::SyntheticUsers users{static_cast<std::size_t>(number(3, "")),
                             static_cast<std::uint32_t>(number(5, "1")), noise};
  auto writer = DatasetWriter::create(argv[1], {"made-up users", "", 1'700'000'000, false});
  Result<void> written;
  if (!writer) written = tl::make_unexpected(writer.error());
  for (auto jobs = static_cast<std::uint64_t>(number(2, "")); jobs > 0 && written; --jobs)
    written = writer->add(users.next());
  if (written) written = writer->finish();
  if (!written) {
    fmt::print(stderr, "make_history: error: {}\n", written.error().message);
    return 1;
  }
  fmt::print("{}: nothing can do better on run time than accuracy {:.4f}, pin.5 {:.4f}\n", argv[1],
             test::best_accuracy(noise), test::best_pinball50(noise));
  return 0;
}

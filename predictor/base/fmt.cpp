// SPDX-License-Identifier: GPL-2.0-or-later
// {fmt}'s functions, compiled once: header-only in every file they are half of the time that a build takes,
// and its shared library would be one more that slurmctld has to find. Debian installs no static one.
//
// Source: fmt's own src/format.cc (9.1 and 10.1), which is not installed. In 11.1 (Debian forky) the last of
// these is no template any more: format-inl.h has it.

#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {

template FMT_API auto dragonbox::to_decimal(float x) noexcept -> dragonbox::decimal_fp<float>;
template FMT_API auto dragonbox::to_decimal(double x) noexcept -> dragonbox::decimal_fp<double>;
template FMT_API locale_ref::locale_ref(const std::locale& locale);
template FMT_API auto locale_ref::get<std::locale>() const -> std::locale;
template FMT_API auto thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl(locale_ref) -> char;
template FMT_API void buffer<char>::append(const char*, const char*);
#if FMT_VERSION < 110000
template FMT_API void vformat_to(buffer<char>&, string_view, basic_format_args<buffer_context<char>>,
                                 locale_ref);
#endif

}  // namespace detail
FMT_END_NAMESPACE

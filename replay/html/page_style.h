// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The look of every page: light or dark as the reader's system is, from a phone to a wide screen.
//
// Runs in: offline.
// Threads: a constant.

namespace foreshape {

// Colours of lines differ in hue and lightness, so that they can be told apart with a colour weakness; the
// yardstick is the text's own colour.
inline constexpr const char* kPageStyle = R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--text:#1c2430;--soft:#5b6675;--grid:#e4e8ee;--edge:#d5dbe3;
--s0:#1c2430;--s1:#1f6fd6;--s2:#d9660a;--s3:#12805c;--s4:#8a3ffc;--s5:#c2185b;--s6:#0a8ea0;--s7:#8a5a2b;--s8:#6b7a00;
--better:#1f6fd6;--worse:#d9660a;--same:#9aa4b2;--best:#e3eefc}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1a2028;--text:#e6ebf2;--soft:#9aa7b8;--grid:#2a323d;--edge:#343e4b;
--s0:#e6ebf2;--s1:#6fa8ff;--s2:#ff9f4a;--s3:#4fce9b;--s4:#b993ff;--s5:#ff7cae;--s6:#4fd2e2;--s7:#d6a878;--s8:#c6d24f;
--better:#6fa8ff;--worse:#ff9f4a;--same:#7c8898;--best:#20344f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1360px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 4px}
h2{font-size:1.3rem;margin:40px 0 2px;overflow-wrap:anywhere}
h3{font-size:1.02rem;margin:28px 0 2px}
p{margin:0 0 10px;max-width:78ch}
.soft{color:var(--soft);overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,215px),1fr));gap:12px;margin:14px 0}
.card{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:10px 14px}
.card b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.card span{color:var(--soft);font-size:.86rem;overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,390px),1fr));gap:12px;margin:10px 0}
figure{margin:0;background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:10px 10px 4px;min-width:0}
figcaption{font-weight:600;font-size:.92rem;padding:0 2px 4px;overflow-wrap:anywhere}
figcaption small{font-weight:400;color:var(--soft);font-size:.84rem}
svg{display:block;width:100%;height:auto}
svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:var(--soft)}
svg .key{font-size:11.5px;fill:var(--text)}
.grid{stroke:var(--grid)}.axis{stroke:var(--soft)}
.legend{fill:var(--card);fill-opacity:.88;stroke:var(--edge)}
.line{fill:none;stroke-width:1.7;stroke-linejoin:round}.line.s0{stroke-width:2.2}
.s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}.s4{--c:var(--s4)}.s5{--c:var(--s5)}.s6{--c:var(--s6)}
.s7{--c:var(--s7)}.s8{--c:var(--s8)}
.line{stroke:var(--c)}.line.dashed{stroke-dasharray:5 3}
.area{fill:var(--c);fill-opacity:.3;stroke:var(--c);stroke-width:1.2;stroke-linejoin:round}
.line.yardstick{stroke:var(--s0);stroke-width:1;stroke-opacity:.75}
.better{fill:var(--better)}.worse{fill:var(--worse)}.same{fill:var(--same)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--edge);border-radius:8px;margin:10px 0}
table{border-collapse:collapse;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}
th,td{padding:6px 8px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}
tr:last-child td,tbody tr:last-child th{border-bottom:0}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom}
th:first-child,td:first-child{text-align:left;max-width:17em;overflow-wrap:anywhere;position:sticky;left:0;background:var(--card)}
td.best{background:var(--best);font-weight:650}
.panel{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:4px 10px;margin:10px 0}
.panel table{margin:4px 0}caption{text-align:left;color:var(--soft);padding:4px 8px;font-size:.84rem}
tbody th{font-weight:600;white-space:normal}.stack thead th{white-space:normal}
nav a{color:var(--text);margin-right:14px;display:inline-block;padding:4px 0}
:focus-visible{outline:2px solid var(--s1);outline-offset:2px}
.swatch{display:inline-block;width:14px;height:4px;border-radius:2px;background:var(--c);margin-right:7px;vertical-align:middle}
.swatch.dashed{background:repeating-linear-gradient(90deg,var(--c) 0 4px,transparent 4px 6px)}
td .bar{display:inline-block;height:9px;border-radius:2px;background:var(--c);vertical-align:baseline;margin-left:8px}
td .track{display:inline-block;width:84px;text-align:left}
code{overflow-wrap:anywhere}ul{margin:2px 0 10px;padding-left:22px;max-width:78ch}li{overflow-wrap:anywhere}
details{margin:8px 2px;font-size:.9rem}summary{cursor:pointer;color:var(--soft)}
footer{margin-top:44px;color:var(--soft);font-size:.86rem}
@media (max-width:600px){.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack,.stack tbody,.stack tr,.stack caption,.stack tbody th{display:block;width:auto;max-width:none;position:static}
.stack tr{border-bottom:1px solid var(--grid);padding:6px 0}.stack tr:last-child{border-bottom:0}
.stack tbody th{border:0;padding:2px 7px}
.stack td{display:flex;justify-content:space-between;gap:12px;border:0;padding:2px 7px;white-space:normal}
.stack td::before{content:attr(data-label);color:var(--soft);text-align:left}}
@media (max-width:600px){main{padding:16px 12px 32px}body{font-size:14px}th,td{padding:5px 7px}
td:first-child,th:first-child{min-width:8.5em;white-space:normal;overflow-wrap:anywhere}}
)css";

}  // namespace foreshape

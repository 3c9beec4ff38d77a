/** The one style sheet of the page: light and dark, screen and paper. */
export const STYLE = `
:root{color-scheme:light dark;--page:#fff;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;--a:#0550ae;--b:#a33b00;--c:#116329;--bad:#b3122a;--band:rgba(5,80,174,.16)}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--text:#e6edf3;--soft:#9aa4af;--line:#3b434c;--card:#161b22;--a:#79b8ff;--b:#ffab70;--c:#7ee787;--bad:#ff8b94;--band:rgba(121,184,255,.2)}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1.5rem;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1{margin:0 0 .25rem;font-size:1.8rem;overflow-wrap:anywhere}
h2{margin:2.5rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--line);font-size:1.35rem}
h3{margin:1.5rem 0 .25rem;font-size:1.05rem;overflow-wrap:anywhere}
p{margin:.4rem 0;max-width:50rem}
.soft{color:var(--soft)}
a{color:var(--a)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.75rem 0;padding:0;list-style:none}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:1rem;margin:1rem 0}
.card{padding:1rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}
.card h3{margin:0}
h3+.big{margin:.1rem 0;font-size:1.7rem;font-weight:650;line-height:1.2}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1rem 2rem}
figure{margin:.75rem 0;break-inside:avoid}
figcaption{font-weight:600}
figcaption span{font-weight:400;color:var(--soft)}
svg{display:block;width:100%;height:auto;max-width:44rem}
svg.square{max-width:22rem}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}
.axis{stroke:var(--line);fill:none}
.s0{stroke:var(--a)}.s1{stroke:var(--b)}.s2{stroke:var(--c)}
.series{fill:none;stroke-width:1.8;stroke-linejoin:round}
.s1.series{stroke-dasharray:6 3}.s2.series{stroke-dasharray:2 3}
circle.s0{fill:var(--a)}circle.s1{fill:var(--b)}circle.s2{fill:var(--c)}
.band{fill:var(--band);stroke:none}
.bar{fill:var(--a)}
.drift{stroke:var(--bad);stroke-dasharray:3 2}
svg text.mark{fill:var(--bad);font-weight:700}
.key{display:inline-block;width:2rem;height:.6rem;margin-right:.3rem;vertical-align:middle}
.scroll{overflow-x:auto}
table{margin:.75rem 0;border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
caption{padding:.25rem 0;text-align:left;font-weight:600}
th,td{padding:.3rem .7rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
thead th{vertical-align:bottom}
th:first-child,td:first-child,.left{text-align:left}
td,th{overflow-wrap:break-word;max-width:22rem}
td.right{font-weight:700;outline:1px solid var(--line)}
.spark{display:inline-block;width:110px;height:24px}
footer{margin-top:3rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
@media (max-width:36rem){body{padding:.8rem}.charts{grid-template-columns:1fr}}
@media print{:root{--page:#fff;--text:#000;--soft:#444;--line:#bbb;--card:#fff;--a:#0550ae;--b:#a33b00;--c:#116329;--bad:#b3122a;--band:rgba(5,80,174,.16)}body{max-width:none;padding:0;font-size:11pt}nav{display:none}.charts{grid-template-columns:1fr 1fr}.scroll{overflow:visible}tr,.card{break-inside:avoid}h2,h3{break-after:avoid}}
`;

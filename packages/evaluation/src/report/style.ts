/**
 * The one style sheet of a report: light, dark, on paper and on a phone; one accent colour. `notice`
 * stands at the foot of every printed page; it is this program's own text.
 */
export const style = (notice: string): string => `
:root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--soft:#69727d;--line:#e3e6ea;--panel:#f6f7f9;--accent:#1c64b0;--failed:#b3261e;--mark:#fff2c2;--depth:.7}
@media (prefers-color-scheme:dark){:root{--ground:#14171b;--ink:#e4e7eb;--soft:#98a2ad;--line:#2d333a;--panel:#1b1f24;--accent:#74b0f0;--failed:#ff8a80;--mark:#4a4016;--depth:.4}}
*{box-sizing:border-box}
html{scroll-padding-top:64px;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
.notice{position:sticky;top:0;z-index:1;background:var(--ground);border-bottom:1px solid var(--line);padding:8px 24px;font-size:13px;color:var(--soft);text-align:center}
.notice b{color:var(--ink);font-weight:600}
main{max-width:960px;margin:0 auto;padding:56px 24px 96px}
h1{font-size:34px;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:0 0 8px}
h2{font-size:23px;font-weight:650;letter-spacing:-.01em;margin:0 0 6px}
h3{font-size:16px;font-weight:600;margin:40px 0 10px}
p{margin:0 0 12px;max-width:70ch}
section{margin-top:80px}
.lead{font-size:18px;color:var(--soft)}
.soft,caption,figcaption .soft{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:6px 28px;margin:20px 0 0;padding:0;list-style:none;font-size:14px;color:var(--soft)}
i{font-style:normal;color:var(--soft);font-size:.86em;white-space:nowrap}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
a.figure{color:inherit;text-decoration:underline dotted color-mix(in srgb,currentColor 45%,transparent) 1px;text-underline-offset:3px}
a.figure:hover{text-decoration:underline solid var(--accent) 1px}
:target{background:var(--mark)}
.small{font-size:13px}
.narrow th,.narrow td{padding:6px 5px;font-size:13px;min-width:0}
table+p.soft,.wide+p.soft{margin-top:10px}
figure:target{grid-column:1/-1;background:none}
figure:target img{height:auto;max-height:90vh}
figure a:has(img){display:block}
h4{font-size:14px;font-weight:600;margin:0 0 6px;color:var(--soft)}
.headline{margin-top:40px;border:1px solid var(--line);border-top:3px solid var(--accent);border-radius:0 0 10px 10px;padding:22px 28px 16px}
.headline .of{font-size:14px;color:var(--soft);margin-bottom:16px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:20px 36px;margin-bottom:18px}
.card>b{display:block;font-size:38px;line-height:1.15;font-weight:600;letter-spacing:-.02em}
.card>b i{display:block;font-size:14px;font-weight:400;letter-spacing:0}
.card>span{display:block;font-size:14px;margin-top:4px}
.card .people{margin-top:12px;padding-top:10px;border-top:1px solid var(--line)}
.card .people b{font-weight:600}
.headline>p:last-child{font-size:13px;max-width:none}
.contents{margin-top:28px;font-size:14px}
.contents ul{columns:3 210px;column-gap:28px;list-style:none;margin:0;padding:0}
.contents li{padding:2px 0;break-inside:avoid}
.verdict{margin-top:44px;border-top:3px solid var(--accent);background:var(--panel);border-radius:0 0 10px 10px;padding:24px 28px 28px}
.verdict.failed{border-color:var(--failed)}
.verdict strong{font-size:23px;font-weight:650;color:var(--accent)}
.verdict.failed strong,.threshold.failed b{color:var(--failed)}
.thresholds{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:20px 32px;margin-top:16px}
.threshold b{display:block;font-size:32px;line-height:1.2;font-weight:600;letter-spacing:-.02em}
.threshold b i{font-size:15px;font-weight:400;letter-spacing:0}
.threshold span{display:block;font-size:14px}
table{border-collapse:collapse;font-size:14px;width:100%}
caption{text-align:left;font-size:13px;padding-bottom:8px}
th,td{padding:7px 10px;text-align:right;vertical-align:baseline;white-space:nowrap}
tbody th,thead tr:first-child th:first-child{text-align:left;padding-left:0}
tbody th{font-weight:400;white-space:normal;min-width:7em}
thead th{font-weight:500;color:var(--soft);font-size:13px;vertical-align:bottom;white-space:normal}
thead th[scope=colgroup]{padding-bottom:0;text-align:center}
thead tr:last-child>*,thead [rowspan]{border-bottom:1px solid var(--line)}
tbody tr+tr>*{border-top:1px solid var(--line)}
tr.main>*{font-weight:600}
tr.main i{font-weight:400}
td:last-child,th:last-child{padding-right:0}
.wide{overflow-x:auto}
.pair{display:grid;grid-template-columns:minmax(0,1.25fr) minmax(0,1fr);gap:40px;align-items:start;margin-top:28px}
.pair.even{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
.sets tr.kind th{font-weight:600;padding-top:14px}
.sets tr.part th{padding-left:14px}
.beside td:nth-child(odd){color:var(--soft)}
dl.contradictions dt{font-weight:600;font-size:14px}
dl.contradictions dd{margin-bottom:12px}
.flows{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:48px 40px;margin-top:24px}
.flows h3{margin-top:0}
.confusion{table-layout:fixed}
.confusion tbody>tr>*{vertical-align:middle}
.confusion thead td:first-child{width:96px}
.confusion .cell{background:color-mix(in srgb,var(--accent) calc(var(--shade)*var(--depth)),transparent);text-align:center;font-size:17px;padding:14px 4px;border:2px solid var(--ground)}
.confusion .right{font-weight:650}
.confusion thead th{text-align:center;padding:7px 4px;border:0}
.confusion thead td{border:0}
.confusion tbody tr>*{border-top:2px solid var(--ground)}
.confusion th.total,.confusion td.total{color:var(--soft);text-align:right;width:42px}
svg{display:block;width:100%;height:auto;font:13px system-ui,-apple-system,"Segoe UI",Roboto,Arial,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
svg text{fill:var(--ink)}
.plot .tick,.plot .axis{fill:var(--soft);font-size:12px}
.plot path,.key path{fill:none}
.grid{stroke:var(--line)}
.chance{stroke:var(--soft);stroke-dasharray:2 4}
.curve{stroke:var(--soft);stroke-width:1.4;stroke-linejoin:round}
.curve.main{stroke:var(--accent);stroke-width:2.4}
.dash2{stroke-dasharray:7 3}.dash3{stroke-dasharray:2 2.5}.dash4{stroke-dasharray:8 3 2 3}
.raw{stroke:var(--accent);stroke-opacity:.28}
.key,.mark{display:inline-block;width:auto}
.key path{stroke-width:2}
.share span{display:inline-block;min-width:100px}
.mark .rail{stroke:var(--line)}
.mark .whisker{stroke:var(--soft);stroke-width:2}
.mark circle{fill:var(--accent)}
.legend{list-style:none;margin:4px 0 0;padding:0 0 0 46px;font-size:13px}
.legend li{display:flex;gap:10px;align-items:center}
.legend span{margin-left:auto}
.band{fill:var(--accent);fill-opacity:.14;stroke:none}
.plot path.band{fill:var(--accent)}
.plot path.reader,.key path.reader{fill:var(--ink);stroke:none}
.bar-found{fill:var(--accent)}
.bar-missed{fill:var(--failed)}
.median,.all{stroke:var(--ink);stroke-dasharray:4 3}
.plot .whisker{stroke:var(--soft);stroke-width:2}
.plot .dot{fill:var(--accent)}
.forest{min-width:540px}
.forest .label,.forest .value{font-size:12.5px}
.forest .title{font-weight:600}
.flow rect{fill:var(--panel);stroke:var(--line)}
.flow .left-out rect{fill:none;stroke-dasharray:3 3}
.flow .title{font-weight:600}
.flow .label,.flow .left-out .title{fill:var(--soft)}
.flow .arrow{stroke:var(--soft);fill:none}
.flow .head{fill:var(--soft)}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:32px 24px;margin-top:20px}
figure{margin:0}
.gallery img{display:block;width:100%;height:300px;object-fit:contain;background:#000;border-radius:6px}
figcaption{font-size:13px;line-height:1.5;margin-top:10px}
figcaption b{font-weight:600}
figcaption .wrong{color:var(--failed)}
.wrong{color:var(--failed)}
details.checklist{margin-top:14px;border-top:1px solid var(--line);padding-top:10px}
summary{cursor:pointer;font-weight:600}
.checklist td,.checklist th{text-align:left;white-space:normal;min-width:0;vertical-align:top}
.checklist td:nth-child(2){width:26%}
.checklist td.status{width:13%}
.checklist .filled .status{color:var(--accent);font-weight:600}
.checklist .needs-the-author .status{color:var(--failed)}
.checklist em{color:var(--soft)}
.hashes td{text-align:left;white-space:normal;overflow-wrap:anywhere}
code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.behind{list-style:none;margin:12px 0 20px;padding:0;font-size:13px;line-height:1.7}
.behind li{padding:3px 0;border-bottom:1px solid var(--line)}
.behind a{white-space:nowrap}
.behind b{font-weight:600}
.behind .not{color:var(--soft)}
.cases table{margin-bottom:20px}
.cases th,.cases td{padding:4px 8px;font-size:13px}
.scores{display:grid;grid-template-columns:1fr auto;gap:0 12px;margin-top:6px;color:var(--soft)}
.scores span:nth-child(even){text-align:right}
.scores .best{color:var(--ink);font-weight:600}
.bar{display:inline-block;height:8px;border-radius:2px;background:var(--accent);min-width:1px;vertical-align:middle}
td.bars{width:45%;text-align:left}
pre{margin:0 0 4px;padding:10px 14px;background:var(--panel);border-radius:6px;overflow-x:auto;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
dl{margin:0}dd{margin:0 0 18px;color:var(--soft);font-size:14px}
footer{max-width:960px;margin:0 auto;padding:20px 24px 64px;border-top:1px solid var(--line);font-size:13px;color:var(--soft)}
@media (max-width:640px){.pair.even{grid-template-columns:minmax(0,1fr)}.headline{padding:18px}.card>b{font-size:32px}.checklist td:nth-child(2),.checklist td.status{width:auto}.checklist table{font-size:13px}main{padding:32px 16px 64px}h1{font-size:27px}section{margin-top:56px}.pair{grid-template-columns:minmax(0,1fr);gap:28px}.notice{padding:7px 16px;font-size:12px}.verdict{padding:20px 18px}.share .mark{display:none}.share span{min-width:0}th,td{padding:7px 7px}.gallery{grid-template-columns:1fr 1fr;gap:28px 14px}.gallery img{height:220px}.confusion thead th{font-size:12px}.confusion tbody th{min-width:0}.confusion thead td:first-child{width:66px}}
@media print{:root{color-scheme:light;--ground:#fff;--ink:#000;--soft:#555;--line:#ddd;--panel:#f6f7f9;--accent:#1c64b0;--failed:#b3261e;--mark:#fff;--depth:.7}
@page{margin:16mm 14mm 20mm;@bottom-center{content:"${notice}";font:8.5pt system-ui,sans-serif;color:#555}}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;padding:24px 0 0}.contents,.cases{display:none}details.checklist::details-content{content-visibility:visible;block-size:auto}a,a.figure{color:inherit;text-decoration:none}section{margin-top:36px}
.notice{position:static;border:0;padding:0;text-align:left}
figure,table,svg,p,.verdict,.pair,pre{break-inside:avoid}h2,h3,h2+p,h3+p{break-after:avoid}table{font-size:9.5pt}th,td{padding:5px 8px}.verdict{margin-top:24px;padding:16px 20px}h3{margin-top:28px}.wide{overflow:visible}.forest{min-width:0}.pair{gap:24px}.pair td i{display:block}.gallery{grid-template-columns:repeat(4,1fr)}.gallery img{height:190px}}
`;

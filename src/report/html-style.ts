/** The style sheet of the HTML report. */

export const STYLE = `
:root{--paper:#f5f6f8;--card:#fff;--ink:#1b2430;--soft:#5b6675;--line:#dfe3e9;--good:#146c43;--goodbg:#e5f4ec;--open:#8a5a00;--openbg:#fdf3dc;--bad:#a82424;--badbg:#fbe9e9;--cert:#5b7fb5;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{--paper:#11151b;--card:#1a2029;--ink:#e6eaf0;--soft:#9aa5b4;--line:#2d3643;--good:#5fcf97;--goodbg:#12301f;--open:#f0bd57;--openbg:#33270c;--bad:#ff8f8a;--badbg:#3a1717;--cert:#7fa3db}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:54rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1,h2,h3,h4,h5,p,dl,ul,ol{margin:0}
.good{--tone:var(--good);--tonebg:var(--goodbg)}.open{--tone:var(--open);--tonebg:var(--openbg)}.bad{--tone:var(--bad);--tonebg:var(--badbg)}
.icon{flex:none;width:1.6rem;height:1.6rem;fill:none;stroke-linecap:round;stroke-linejoin:round}
.icon circle{fill:var(--tone)}
.icon path{stroke:var(--card);stroke-width:2.2}
.verdict{display:flex;gap:1.25rem;align-items:center;padding:1.5rem 1.75rem;border-radius:14px;background:var(--tonebg);border:1px solid var(--tone)}
.verdict .icon{width:3.75rem;height:3.75rem}
.verdict .icon path{stroke:var(--tonebg)}
.verdict h1{font-size:2.1rem;line-height:1.15;letter-spacing:-.01em;color:var(--tone)}
.kicker{font-size:.85rem;color:var(--soft);margin-bottom:.15rem;overflow-wrap:anywhere}
.lead{font-size:1.05rem;margin-top:.25rem}
.context{margin:1rem .25rem 1.75rem;color:var(--soft);font-size:.92rem}
.context strong{color:var(--ink);font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--tone);border-radius:12px;padding:1.4rem 1.6rem 1.5rem;margin-bottom:1.5rem}
.inner{border-left:3px solid var(--tone);padding:.2rem 0 .2rem 1.1rem;margin:.9rem 0 0}
.head{display:flex;flex-wrap:wrap;gap:.4rem .7rem;align-items:center}
.head h2{font-size:1.3rem;line-height:1.3}.head h4{font-size:1.02rem;line-height:1.3}
.inner>.head .icon{width:1.25rem;height:1.25rem}
.word{color:var(--tone)}
.tags{margin-left:auto}
.tag{display:inline-block;font-size:.72rem;line-height:1.5;letter-spacing:.02em;padding:.02rem .5rem;border:1px solid var(--line);border-radius:99px;color:var(--soft);white-space:nowrap;vertical-align:.08em;font-weight:500}
.visual figure{margin:1rem 0 0}.visual figcaption{font-weight:600;margin-bottom:.4rem}.visual img{max-width:100%;height:auto;border:1px solid var(--line);background:#fff}
.sentence{font-size:1.06rem;margin-top:.7rem}.inner .sentence{font-size:1rem;margin-top:.35rem}
.remedy,.note{margin-top:.7rem;padding:.65rem .9rem;border-radius:8px;background:var(--tonebg);font-size:.95rem}
.note{background:var(--paper);color:var(--soft)}
h3{font-size:.78rem;letter-spacing:.07em;text-transform:uppercase;color:var(--soft);margin-top:1.5rem;font-weight:650}
dl{display:grid;grid-template-columns:minmax(9rem,13rem) 1fr;gap:.1rem 1.25rem;margin-top:1rem;font-size:.95rem}
dt{color:var(--soft);padding:.28rem 0;border-top:1px solid var(--line)}
dd{margin:0;padding:.28rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
dt:first-of-type,dd:first-of-type{border-top:0}
dd.open,dd.bad{color:var(--tone);font-weight:550}
.inner dl,.fold dl{margin-top:.4rem;font-size:.9rem}
.checks{list-style:none;padding:0;margin-top:.5rem;font-size:.94rem}
.checks li{position:relative;padding:.22rem 0 .22rem 1.6rem}
.checks li::before{position:absolute;left:.2rem;font-weight:700}
.checks .ok::before{content:"\\2713";color:var(--good)}
.checks .fail::before{content:"\\2715";color:var(--bad)}
.checks .warn::before{content:"!";left:.4rem;color:var(--open)}
.checks .inform::before{content:"i";left:.45rem;color:var(--soft)}
.checks .ignored::before{content:"\\2013";color:var(--soft)}
.checks .ignored{color:var(--soft)}
.clause{font-size:.78rem;color:var(--soft);white-space:nowrap}
.chain{list-style:none;padding:0;margin-top:.3rem}
.chain>li{position:relative;padding-left:1.4rem}
.chain>li::before{content:"";position:absolute;left:.32rem;top:.85rem;width:.5rem;height:.5rem;border-radius:50%;background:var(--soft)}
.chain>li+li::after{content:"";position:absolute;left:.52rem;top:-.95rem;height:1.7rem;border-left:2px solid var(--line)}
details{margin-top:.35rem}
.card>details{margin-top:1.2rem}
summary{cursor:pointer;padding:.15rem 0;font-size:.95rem;border-radius:4px}
.card>details>summary,.inner>details>summary{color:var(--soft);font-size:.88rem}
summary:focus-visible{outline:2px solid var(--tone);outline-offset:2px}
.fold{padding:.1rem 0 .4rem 1.1rem}
h5{display:flex;flex-wrap:wrap;gap:.2rem .5rem;align-items:baseline;font-size:.92rem;margin-top:1rem}
h5 span:first-child{color:var(--tone)}h5.good span:first-child{color:var(--ink)}
footer{color:var(--soft);font-size:.82rem;margin-top:2rem;padding:0 .25rem}
.verdict+.card{margin-top:1.5rem}
.chain .checks{margin-top:.1rem}
.why{margin-top:1rem}.why h3{margin-top:0}
.why ul{margin:.35rem 0 0;padding:0 0 0 1.15rem;font-size:.97rem}.inner .why ul{font-size:.9rem}
.why li{padding:.1rem 0}.why li::marker{color:var(--tone)}
.card.plain{--tone:var(--line)}
.soft{color:var(--soft)}
.scroll{overflow-x:auto;margin-top:1rem}
.timeline{display:block;width:100%;min-width:38rem;height:auto;font-family:inherit}
.timeline text{fill:var(--ink);unicode-bidi:plaintext}
.timeline .label{font-size:12.5px}.timeline .dates{font-size:10px;fill:var(--soft)}
.timeline .tick{font-size:10.5px;fill:var(--soft);text-anchor:middle}
.timeline .grid{stroke:var(--line);stroke-width:1}
.timeline .hair{stroke:var(--point);stroke-width:1.2;stroke-dasharray:2 4;opacity:.75}
.timeline .mark{fill:var(--point);stroke:var(--card);stroke-width:2}
.timeline .lane{--point:var(--tone)}
.timeline .stated .mark{fill:var(--card);stroke:var(--point);stroke-width:2.5}
.timeline .validation{--point:var(--ink)}.timeline .validation .hair{stroke-dasharray:none;opacity:.45}
.timeline .certificate rect,.timeline .certificate .beyond{fill:var(--cert)}
.timeline .certificate.open rect,.timeline .certificate.open .beyond{fill:var(--soft);opacity:.55}
.timeline .revocation rect,.timeline .revocation .beyond{fill:var(--point)}
@media (max-width:34rem){.verdict{flex-direction:column;align-items:flex-start}.tags{margin-left:0}dl{grid-template-columns:1fr}dd{border-top:0;padding-top:0}dt{padding-bottom:0}.card{padding:1.1rem}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--good:#0d5c37;--goodbg:#fff;--open:#704800;--openbg:#fff;--bad:#8f1717;--badbg:#fff}body{font-size:10.5pt}main{max-width:none;padding:0}.card,.verdict{break-inside:auto;border-radius:0}.card.plain{break-inside:avoid}.timeline{min-width:0}.scroll{overflow:visible}.timeline rect,.timeline .mark,.timeline .beyond{print-color-adjust:exact;-webkit-print-color-adjust:exact}.head,.remedy,dl>*,.checks li,h5{break-inside:avoid}h3,h5{break-after:avoid}.icon,.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}details::details-content{content-visibility:visible;display:block}}
`;

/**
 * The page's style. Every colour is one of the editor's, with a fallback for pages outside of it: light, or dark where the reader
 * prefers that. In high contrast, fills become borders. No colour carries a meaning alone.
 */
export const STYLE = `
:root {
  --page: #ffffff; --ink: #1f2328; --soft: #59636e; --rule: #d1d9e0; --field: #f6f8fa; --blue: #0969da; --on-blue: #ffffff;
  --red-0: #cf222e; --orange-0: #bc4c00; --yellow-0: #9a6700; --green-0: #1a7f37; --teal-0: #0969da;
  color-scheme: light;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --ink: #e6edf3; --soft: #9198a1; --rule: #3d444d; --field: #151b23; --blue: #58a6ff; --on-blue: #0d1117;
    --red-0: #f85149; --orange-0: #f0883e; --yellow-0: #d29922; --green-0: #3fb950; --teal-0: #58a6ff;
    color-scheme: dark;
  }
}
body {
  --bg: var(--vscode-editor-background, var(--page));
  --fg: var(--vscode-editor-foreground, var(--ink));
  --quiet: var(--vscode-descriptionForeground, var(--soft));
  --line: var(--vscode-panel-border, var(--rule));
  --edge: var(--vscode-contrastBorder, var(--line));
  --code: var(--vscode-textCodeBlock-background, var(--field));
  --link: var(--vscode-textLink-foreground, var(--blue));
  --focus: var(--vscode-focusBorder, var(--blue));
  --button: var(--vscode-button-background, var(--blue));
  --on-button: var(--vscode-button-foreground, var(--on-blue));
  --input: var(--vscode-input-background, var(--page));
  --on-input: var(--vscode-input-foreground, var(--ink));
  --input-edge: var(--vscode-input-border, var(--rule));
  --hover: var(--vscode-list-hoverBackground, var(--field));
  --red: var(--vscode-charts-red, var(--red-0));
  /* The editor's own orange is see-through, and hardly to be seen. */
  --orange: color-mix(in srgb, var(--vscode-charts-red, var(--orange-0)), var(--vscode-charts-yellow, var(--orange-0)));
  --yellow: var(--vscode-charts-yellow, var(--yellow-0));
  --green: var(--vscode-charts-green, var(--green-0));
  --teal: var(--vscode-charts-blue, var(--teal-0));
  --mono: var(--vscode-editor-font-family, ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace);
  margin: 0 auto; padding: 1rem clamp(.75rem, 3vw, 2rem) 4rem; max-width: 72rem; background: var(--bg); color: var(--fg);
  font: var(--vscode-font-size, 15px)/1.5 var(--vscode-font-family, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  overflow-wrap: break-word;
}
html { background: var(--vscode-editor-background, var(--page)); scroll-padding-top: 8rem; }
.tone-critical { --tone: var(--red); } .tone-high { --tone: var(--orange); } .tone-medium { --tone: var(--yellow); }
.tone-good { --tone: var(--green); } .tone-fair, .tone-low { --tone: var(--teal); } .tone-info, .tone-unknown { --tone: var(--quiet); }

h1, h2, h3, h4 { line-height: 1.25; margin: 0; font-weight: 600; }
h1 { font-size: 1.5em; } h2 { font-size: 1.3em; margin: 2.5rem 0 .75rem; } h3 { font-size: 1.05em; margin: 1.5rem 0 .5rem; } h4 { font-size: 1em; }
h2:focus { outline: none; }
p { margin: .25rem 0; } ul, ol, dl { margin: 0; } ul, ol { padding-left: 1.25rem; }
a { color: var(--link); }
code { color: inherit; }
code, pre, .place, .rule { font-family: var(--mono); font-size: .92em; }
:not(pre) > code:not(.place):not(.rule) { background: var(--code); border-radius: 3px; padding: .05em .3em; }
pre code { background: none; padding: 0; }
pre { background: var(--code); border: 1px solid var(--edge); border-radius: 4px; margin: .35rem 0; padding: .5rem .75rem; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.4; }
.kind, .count, .about, .of { color: var(--quiet); font-weight: 400; }
.count { font-size: .85em; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; } .skip:focus { position: static; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 2px; }

button, select, input { font: inherit; color: inherit; min-height: 28px; box-sizing: border-box; }
button { background: none; border: 1px solid var(--edge); border-radius: 4px; padding: .15rem .6rem; cursor: pointer; }
button:hover { background: var(--hover); }
button.primary { background: var(--button); color: var(--on-button); border-color: var(--vscode-contrastBorder, transparent); }
button.place, button.rule { border: 0; padding: 0 .15rem; min-height: 24px; color: var(--link); text-align: left; overflow-wrap: anywhere; }
button.rule { color: var(--quiet); }
button.place:hover, button.rule:hover { background: none; text-decoration: underline; }
code.place, code.rule { background: none; padding: 0; color: var(--quiet); overflow-wrap: anywhere; }
button.fix, .decide button { border-color: var(--input-edge); }
.decide { margin: .35rem 0; }
select, input { background: var(--input); color: var(--on-input); border: 1px solid var(--input-edge); border-radius: 4px; padding: .15rem .4rem; max-width: 100%; }

.top { display: flex; flex-wrap: wrap; gap: .5rem 1rem; justify-content: space-between; align-items: start; }
.top > div:first-child { flex: 1 1 18rem; }
nav { display: flex; flex-wrap: wrap; gap: 0 1rem; margin-top: .25rem; }
nav a { display: inline-block; min-height: 24px; line-height: 24px; text-decoration: none; } nav a:hover { text-decoration: underline; }
.tools { display: flex; gap: .5rem; align-items: start; }
.menu { position: relative; } .menu > summary { border: 1px solid var(--edge); border-radius: 4px; padding: .1rem .6rem; color: inherit; list-style: none; } .menu > summary::after { content: " ▾"; } .menu > summary::-webkit-details-marker { display: none; }
.menu > div { position: absolute; right: 0; z-index: 2; display: flex; flex-direction: column; min-width: 15rem; margin-top: .25rem; padding: .25rem; background: var(--bg); border: 1px solid var(--edge); border-radius: 4px; box-shadow: 0 2px 8px var(--vscode-widget-shadow, var(--rule)); }
.menu > div button { border: 0; text-align: left; }
.made { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; margin: .25rem 0 1rem; } .made > div { display: flex; gap: .4rem; align-items: baseline; } .lines .place { overflow-wrap: break-word; } .made dt { flex: none; } .made dd { overflow-wrap: anywhere; }
.panel .filters { position: static; }
[role=tablist] { display: flex; flex-wrap: wrap; gap: 0 .25rem; margin-top: .75rem; border-bottom: 1px solid var(--edge); }
[role=tab] { border: 0; border-bottom: 3px solid transparent; border-radius: 0; padding: .35rem .7rem; color: var(--quiet); } [role=tab]:hover { background: var(--hover); }
[role=tab][aria-selected=true] { color: var(--fg); border-bottom-color: var(--focus); font-weight: 600; }
[role=tabpanel] > section:first-child > h2, [role=tabpanel] > #findings > h2 { margin-top: 1.25rem; }
button.sort { border: 0; padding: 0; font: inherit; font-weight: inherit; color: inherit; min-height: 24px; text-align: left; } button.sort:hover { text-decoration: underline; background: none; }
[aria-sort=descending] > button.sort::after { content: " ▾"; } [aria-sort=ascending] > button.sort::after { content: " ▴"; }
.in-order .group { display: none; } .tick { flex-direction: row !important; align-items: center; gap: .35rem; min-height: 28px; } .tick input { min-height: 0; width: 1rem; height: 1rem; }
.amounts { grid-column: 1 / -1; margin: 0; } .amounts figcaption { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; color: inherit; } .stack { display: block; width: 100%; height: .75rem; } .stack .fill { fill: var(--tone); stroke: var(--bg); stroke-width: 1; vector-effect: non-scaling-stroke; }
.near .line { display: inline-block; min-width: 2.5em; margin-right: 1em; color: var(--quiet); text-align: right; user-select: none; } .near mark { background: none; color: inherit; font-weight: 600; border-left: 3px solid var(--tone); margin-left: -.75rem; padding-left: calc(.75rem - 3px); display: inline-block; min-width: 100%; }
.near del, .near ins { text-decoration: none; } .near del { color: var(--red); } .near ins { color: var(--green); } .change { margin: .35rem 0; }
strong.new { border: 1px solid var(--edge); border-radius: 3px; padding: 0 .3em; font-size: .88em; }
.checks { min-width: 40rem; } .checks .rule { overflow-wrap: break-word; } .summary p + p { margin-top: .5rem; }

.overview { display: grid; grid-template-columns: auto 1fr; gap: 1rem 1.5rem; border: 1px solid var(--edge); border-left: 4px solid var(--tone); border-radius: 6px; padding: 1.25rem; }
.overview > .facts, .overview > .columns, .overview > .summary { grid-column: 1 / -1; }
.overview h2 { margin: 0; display: flex; align-items: center; gap: .5rem; font-size: 1.5em; letter-spacing: .01em; }
.overview h3 { margin-top: 0; }
.seal { margin: 0; min-width: 8.5rem; text-align: center; display: flex; flex-direction: column; justify-content: center; border: 2px solid var(--tone); border-radius: 8px; padding: .5rem 1rem .75rem; }
.seal .letter { font-size: 3.25em; line-height: 1.15; font-weight: 700; } .seal .word { white-space: nowrap; } .seal .value { font-size: 1.15em; font-weight: 600; font-variant-numeric: tabular-nums; }
.seal .of { font-size: .8em; }
.sentence { color: var(--quiet); } .reasons { margin-top: .5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; border-top: 1px solid var(--line); padding-top: .75rem; }
dt { color: var(--quiet); font-size: .88em; } dd { margin: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2rem; border-top: 1px solid var(--line); padding-top: .75rem; }
.summary { border-top: 1px solid var(--line); padding: .75rem max(0px, 100% - 60rem) 0 0; margin: 0; }

.shape { width: 1.05em; height: 1.05em; vertical-align: -.17em; margin-right: .35em; overflow: visible; }
.shape path { fill: var(--tone); stroke: var(--tone); stroke-width: 1.5; stroke-linejoin: round; }
.shape path.sign { fill: none; stroke: var(--bg); stroke-width: 2.6; stroke-linecap: round; }
.verdict-shape { width: 1.2em; height: 1.2em; margin: 0; flex: none; }
.severity, .state { white-space: nowrap; }

table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--quiet); padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: baseline; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { line-height: 24px; color: var(--quiet); font-size: .88em; border-bottom-color: var(--edge); vertical-align: bottom; white-space: nowrap; }
tr > :last-child { padding-right: 0; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.categories .category:has(+ .ledger) > * { border-bottom: 0; padding-bottom: 0; } .categories .category th, tfoot th { font-weight: 600; }
.categories .ledger td { padding-top: 0; padding-right: 0; } .categories .score { min-width: 7rem; }
.grade { white-space: nowrap; } .grade .word { color: var(--quiet); }
.star { color: var(--quiet); }
.wide { overflow-x: auto; contain: inline-size; }
.plan { table-layout: fixed; min-width: 46rem; } .plan thead th:nth-child(1) { width: 34%; } .plan thead th:nth-child(2) { width: 22%; } .plan thead th:last-child { width: 13%; }
.lines th, .lines td { padding-top: .25rem; padding-bottom: .25rem; }
summary { cursor: pointer; min-height: 24px; line-height: 24px; color: var(--quiet); width: fit-content; } summary:hover { color: inherit; text-decoration: underline; }
details[open] > summary { margin-bottom: .35rem; } details > ul { padding-bottom: .5rem; }

.bar { display: block; width: 100%; height: .5rem; margin-top: .2rem; }
.bar .track { fill: var(--code); stroke: var(--edge); stroke-width: 1; vector-effect: non-scaling-stroke; } .bar .fill { fill: var(--tone); }
.bar .tick { stroke: var(--fg); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
figure { margin: .5rem 0 1rem; } figcaption { color: var(--quiet); font-size: .92em; margin-top: .35rem; }
.stairs { display: block; width: 100%; height: 7.5rem; border-bottom: 1px solid var(--edge); border-left: 1px solid var(--edge); }
.stairs path { fill: none; vector-effect: non-scaling-stroke; } .stairs .area { fill: var(--code); } .stairs .line { stroke: var(--teal); stroke-width: 2; }
.stairs .dots { stroke: var(--teal); stroke-width: 6; stroke-linecap: round; } .stairs .mark { stroke: var(--quiet); stroke-dasharray: 2 3; } .stairs .ready { stroke: var(--fg); stroke-dasharray: 5 4; }

.filters { margin-top: 2rem; position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: end; gap: .5rem .75rem; background: var(--bg); padding: .5rem 0 .75rem; border-bottom: 1px solid var(--line); }
.filters label { display: flex; flex-direction: column; color: var(--quiet); font-size: .88em; } .filters label > * { font-size: 1rem; font-size: inherit; }
.filters label:first-child { flex: 1 1 12rem; } .shown { color: var(--quiet); line-height: 28px; margin-left: auto; }
.finding { border: 1px solid var(--edge); border-left: 4px solid var(--tone); border-radius: 6px; padding: .9rem 1.1rem; margin: .75rem 0; }
.finding h4 { font-size: 1.08em; } .finding .id { color: var(--quiet); font-weight: 400; margin-right: .25rem; }
.marks { color: var(--quiet); } .marks .severity, .blocks { color: var(--fg); }
.places { list-style: none; padding: 0; margin: .5rem 0; } .places > li + li { margin-top: .6rem; }
.fixes { list-style: none; padding: 0; display: flex; flex-direction: column; gap: .35rem; margin: .35rem 0; }
.words { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: .5rem 2rem; border-top: 1px solid var(--line); padding-top: .6rem; }
.words .more { grid-column: 1 / -1; } .words .more a { display: inline-block; min-height: 24px; line-height: 24px; } .words dd { overflow-wrap: anywhere; }
.none { color: var(--quiet); }
.outcomes { list-style: none; padding: 0; } .outcomes > li { padding: .45rem 0; border-bottom: 1px solid var(--line); }
.holds { font-weight: 600; } .proofs { color: var(--quiet); }

.vscode-high-contrast .shape path:not(.sign), .vscode-high-contrast-light .shape path:not(.sign) { fill: none; stroke: var(--fg); }
.vscode-high-contrast .shape path.sign, .vscode-high-contrast-light .shape path.sign { stroke: var(--fg); }
.vscode-high-contrast .bar .fill, .vscode-high-contrast-light .bar .fill { fill: var(--fg); fill-opacity: .35; stroke: var(--fg); stroke-width: 2; vector-effect: non-scaling-stroke; }
.vscode-high-contrast .stack .fill, .vscode-high-contrast-light .stack .fill { fill: none; stroke: var(--fg); }
.vscode-high-contrast .stairs .dots, .vscode-high-contrast-light .stairs .dots { stroke: var(--fg); }
.vscode-high-contrast .stairs .line, .vscode-high-contrast-light .stairs .line { stroke: var(--fg); }
.vscode-high-contrast button.primary, .vscode-high-contrast-light button.primary { background: none; color: var(--fg); border-color: var(--edge); }
body.vscode-high-contrast, body.vscode-high-contrast-light { --code: transparent; }
@media (forced-colors: active) {
  .shape path { forced-color-adjust: none; } .shape path:not(.sign) { fill: CanvasText; stroke: CanvasText; } .shape path.sign { stroke: Canvas; }
  .bar .track, .stack .fill, .stairs .area { fill: none; stroke: CanvasText; } .bar .fill { fill: CanvasText; fill-opacity: .35; stroke: CanvasText; stroke-width: 2; vector-effect: non-scaling-stroke; }
  .bar .tick, .stairs .line, .stairs .dots, .stairs .mark, .stairs .ready { stroke: CanvasText; }
}

@media (max-width: 40rem) {
  .overview { grid-template-columns: 1fr; padding: 1rem; } .seal { display: grid; grid-template-columns: auto 1fr; align-items: center; text-align: left; gap: 0 1rem; } .seal .letter { grid-row: span 2; }
  .filters { position: static; } .filters label { flex: 1 1 8rem; } html { scroll-padding-top: 1rem; }
  .categories .category > :nth-child(n+4), .categories > thead th:nth-child(n+4) { display: none; }
  .categories .score { min-width: 4rem; } .grade { white-space: normal; } .categories .grade .word { display: block; } th, td { padding-right: .5rem; } .finding { padding: .75rem; }
}
@media print {
  :root { --page: #fff; --ink: #000; --soft: #444; --rule: #bbb; --field: #f4f4f4; --blue: #0550ae; --red-0: #a40e26; --orange-0: #953800; --yellow-0: #7d4e00; --green-0: #116329; --teal-0: #0550ae; color-scheme: light; }
  @page { margin: 15mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: dimgray; } }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav, .filters, .skip, .tools, [role=tablist] { display: none !important; }
  h2, h3, h4, caption, summary { break-after: avoid; } summary { list-style: none; } tr, pre, figure, .places > li, .outcomes > li { break-inside: avoid; } .ledger { break-inside: auto; } .marks, .category { break-after: avoid; }
  /* Heads are printed on every page of a table, but not the buttons in them. */
  button.sort { display: contents; }
  .finding { padding: .5rem .75rem; } .words { grid-template-columns: 1fr 1fr; gap: .25rem 1.5rem; padding-top: .35rem; } .words .more a { min-height: 0; line-height: inherit; margin-right: .75rem; } .words .more br { display: none; }
  .outcomes > li { padding: .2rem 0; } #not-applicable .outcomes { columns: 2; column-gap: 1.5rem; }
  .plan, .checks { min-width: 0; } .plan { table-layout: auto; } .plan td { white-space: nowrap; } .plan td:nth-child(2) { white-space: normal; } .plan thead th:nth-child(n) { width: auto; }
  details::details-content { content-visibility: visible; block-size: auto; display: block; } .wide { overflow: visible; } pre { white-space: pre-wrap; }
  * { print-color-adjust: exact; }
}
`;

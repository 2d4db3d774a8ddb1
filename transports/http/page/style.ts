export const style = `:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2330, #e3e8f0);
  --soft: light-dark(#5d6778, #98a3b5);
  --paper: light-dark(#fbfbfa, #14171d);
  --card: light-dark(#ffffff, #1b1f27);
  --line: light-dark(#dfe2e7, #2f3541);
  --mark: light-dark(#0b6e6e, #5cc4bd);
  --bad: light-dark(#a92626, #ff8a80);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 12px; align-items: center;
  padding: 12px max(16px, calc(50vw - 460px)); background: var(--card); border-bottom: 1px solid var(--line);
}
h1 { margin: 0; font-size: 18px; flex: 1; }
a { color: var(--mark); }
main { max-width: 952px; margin: 0 auto; padding: 8px 16px 64px; }
h2 { margin: 28px 0 2px; font-size: 17px; }
p { margin: 2px 0 10px; color: var(--soft); white-space: pre-line; }
details { margin: 6px 0; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
details[open] { border-color: var(--mark); }
summary { display: flex; gap: 10px; align-items: baseline; padding: 8px 12px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:focus-visible, input:focus-visible, textarea:focus-visible, button:focus-visible { outline: 2px solid var(--mark); outline-offset: 1px; }
.verb { min-width: 62px; font: 600 12px/1.6 ui-monospace, monospace; color: var(--mark); }
.path { font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.kind { margin-left: auto; color: var(--soft); font-size: 13px; white-space: nowrap; }
form { padding: 4px 12px 12px; border-top: 1px solid var(--line); }
label { display: grid; grid-template-columns: minmax(110px, 200px) 1fr; gap: 10px; align-items: center; margin: 8px 0; }
label span { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
label small { display: block; color: var(--soft); font-family: system-ui, sans-serif; }
label.body { grid-template-columns: 1fr; gap: 4px; }
input, textarea {
  width: 100%; padding: 6px 8px; color: inherit; background: var(--paper);
  border: 1px solid var(--line); border-radius: 4px; font: 13px/1.5 ui-monospace, monospace;
}
header input { width: 190px; }
textarea { min-height: 96px; resize: vertical; tab-size: 2; }
button {
  margin: 6px 6px 0 0; padding: 6px 18px; border: 1px solid var(--mark); border-radius: 4px;
  color: var(--card); background: var(--mark); font: inherit; cursor: pointer;
}
button.stop { color: var(--mark); background: none; }
.status { margin-left: 6px; font: 13px ui-monospace, monospace; color: var(--soft); }
.status.bad { color: var(--bad); }
pre {
  margin: 10px 0 0; padding: 10px; max-height: 420px; overflow: auto; background: var(--paper);
  border: 1px solid var(--line); border-radius: 4px; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
@media (max-width: 560px) { label { grid-template-columns: 1fr; gap: 2px; } .kind { display: none; } }
`;

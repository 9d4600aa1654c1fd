import { type Html, html } from '../html.ts';

/**
 * The colours of both themes, as custom properties: text on its ground has a contrast of at least 4.5, lines and areas one of at least 3.
 * (WCAG 2.2, 1.4.3 and 1.4.11.) No colour says anything alone.
 */
export const lightColours: Html = html`--ground:#fff;--panel:#f5f7fa;--line:#d5dbe3;--text:#16202c;--quiet:#51606f;--candidate:#1560bd;--candidate-area:#cfe1f7;--stable:#6b7785;--stable-area:#c3cad3;--good:#0b6b35;--good-area:#dcf2e3;--bad:#b3261e;--bad-area:#fbe3e1;--asks:#7a5200;--asks-area:#fcefcf;--second:#7b3fa0;--third:#00707a`;

export const darkColours: Html = html`--ground:#0f1720;--panel:#18222e;--line:#35424f;--text:#e7edf4;--quiet:#a3b1bf;--candidate:#6db1ff;--candidate-area:#1d4268;--stable:#98a5b3;--stable-area:#4a5764;--good:#6fd593;--good-area:#143524;--bad:#ff8a80;--bad-area:#47201f;--asks:#f1c15c;--asks-area:#3d2f10;--second:#cf9bf0;--third:#5fd0d8`;

/** The look of what reports and widgets share. Every rule is below the class `sluice`, so that it changes nothing around it. */
export const sharedStyle: Html = html`.sluice{color:var(--text);background:var(--ground);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.sluice *{box-sizing:border-box}
.sluice p{margin:0 0 .5em}
.sluice .quiet{color:var(--quiet)}
.sluice .pill{display:inline-block;padding:.1em .7em;border-radius:1em;font-weight:600;border:1px solid;color:var(--quiet);background:var(--panel)}
.sluice .pill.good{color:var(--good);background:var(--good-area)}
.sluice .pill.bad{color:var(--bad);background:var(--bad-area)}
.sluice .pill.asks{color:var(--asks);background:var(--asks-area)}
.sluice .pill.runs{color:var(--candidate);background:var(--candidate-area)}
.sluice .wide{overflow-x:auto}
.sluice table{border-collapse:collapse;width:100%;color:inherit;background:none;font-size:13px}
.sluice th,.sluice td{padding:.35em .8em .35em 0;text-align:left;vertical-align:top;border:0;border-bottom:1px solid var(--line);color:inherit;background:none}
.sluice th{font-weight:600;color:var(--quiet);white-space:nowrap}
.sluice td.figure,.sluice th.figure{text-align:right;white-space:nowrap}
.sluice td{overflow-wrap:break-word}
.sluice .words{min-width:14em;overflow-wrap:anywhere}
.sluice td .pill{white-space:nowrap;font-size:12px}
.sluice tr.first td{font-weight:600}
.sluice .chart{display:block;width:100%;height:auto}
.sluice .chart text{font-size:11px;fill:var(--quiet)}
.sluice .chart path{fill:none}
.sluice .axis path{stroke:var(--line)}
.sluice .chart .area-candidate{fill:var(--candidate-area)}
.sluice .bar-candidate{fill:var(--candidate)}
.sluice .bar-stable{fill:var(--stable-area)}
.sluice .line-candidate{stroke:var(--candidate);stroke-width:2}
.sluice .line-stable{stroke:var(--stable);stroke-width:2;stroke-dasharray:5 3}
.sluice .line-planned{stroke:var(--candidate);stroke-width:1.5;stroke-dasharray:3 4}
.sluice .dot-candidate{fill:var(--candidate)}
.sluice .now{stroke:var(--quiet);stroke-dasharray:2 3}
.sluice .mark circle,.sluice circle.mark{fill:var(--ground);stroke:var(--candidate);stroke-width:1.5}
.sluice .chart .mark text{fill:var(--text);font-weight:600;font-size:10px}
.sluice .mark.good circle,.sluice circle.mark.good{stroke:var(--good);fill:var(--good-area)}
.sluice .mark.bad circle,.sluice circle.mark.bad{stroke:var(--bad);fill:var(--bad-area)}
.sluice .mark.asks circle,.sluice circle.mark.asks{stroke:var(--asks);fill:var(--asks-area)}
.sluice .threshold path{stroke-dasharray:6 3}
.sluice .threshold.asks path{stroke:var(--asks)}.sluice .chart .threshold.asks text{fill:var(--asks)}
.sluice .threshold.bad path{stroke:var(--bad)}.sluice .chart .threshold.bad text{fill:var(--bad)}
.sluice .line-evidence{stroke-width:2}
.sluice .e0{stroke:var(--candidate)}.sluice .e1{stroke:var(--second);stroke-dasharray:7 3}.sluice .e2{stroke:var(--third);stroke-dasharray:2 3}.sluice .e3{stroke:var(--stable);stroke-dasharray:1 4}
.sluice .legend{display:flex;flex-wrap:wrap;gap:.2em 1.4em;margin:0 0 .2em;padding:0;list-style:none;font-size:12px;color:var(--quiet)}
.sluice .legend .key{display:inline-block;width:26px;height:10px;margin-right:.5em;vertical-align:-1px}
.sluice .n{display:inline-block;min-width:1.7em;padding:0 .3em;border:1.5px solid var(--candidate);border-radius:1em;text-align:center;font-size:11px;font-weight:600}
.sluice .n.good{border-color:var(--good);background:var(--good-area)}.sluice .n.bad{border-color:var(--bad);background:var(--bad-area)}.sluice .n.asks{border-color:var(--asks);background:var(--asks-area)}
`;

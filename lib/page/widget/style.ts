import { type Html, html } from '../html.ts';
import { darkColours, lightColours, sharedStyle } from '../parts/style.ts';

/** The look of a widget in the theme of its dashboard. */
export const widgetStyle = (theme: 'light' | 'dark'): Html => html`
.sluice{${theme === 'dark' ? darkColours : lightColours}}
${sharedStyle}
.sluice{padding:2px 4px 8px}
.sluice h2{margin:0 0 4px;font-size:18px;line-height:1.3;color:var(--text);overflow-wrap:anywhere}
.sluice h3{margin:14px 0 4px;font-size:13px;color:var(--text)}
.sluice .reason{margin:6px 0;overflow-wrap:anywhere}
.sluice .message{margin:0 0 8px;padding:6px 10px;border-left:4px solid var(--quiet);background:var(--panel);overflow-wrap:anywhere}
.sluice .message.good{border-color:var(--good);background:var(--good-area)}
.sluice .message.bad{border-color:var(--bad);background:var(--bad-area)}
.sluice .actions{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin:8px 0}
.sluice .actions label{font-size:12px;color:var(--quiet)}
.sluice .actions input{width:16em;max-width:100%;margin-left:4px}
.sluice .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,max(320px,40%)),1fr));gap:0 20px}
.sluice .panel{min-width:0}
.sluice table{border:0}
.sluice .chart{max-width:100%}
.sluice tr.now td{font-weight:600}
.sluice tr.ahead td{color:var(--quiet)}
`;

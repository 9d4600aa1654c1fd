import { type Html, html } from '../html.ts';
import { darkColours, lightColours, sharedStyle } from '../parts/style.ts';

/** The look of a report. Ink is dark on paper, whatever the theme. */
export const reportStyle: Html = html`
:root{color-scheme:light dark;${lightColours}}
@media screen and (prefers-color-scheme:dark){:root{${darkColours}}}
body{margin:0}
${sharedStyle}
.sluice main{max-width:61rem;margin:0 auto;padding:2rem 1.25rem 1rem}
.sluice h1{margin:0 0 .3em;font-size:1.7rem;line-height:1.25;overflow-wrap:anywhere}
.sluice h2{margin:2.2rem 0 .6rem;padding-bottom:.25rem;font-size:1.15rem;border-bottom:2px solid var(--line)}
.sluice h3{margin:0 0 .3rem;font-size:.95rem}
.sluice header .quiet{margin:0;text-transform:uppercase;letter-spacing:.06em;font-size:.78rem}
.sluice .versions{font-size:1.1rem}
.sluice .reason{max-width:46rem;overflow-wrap:anywhere}
.sluice .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.75rem;margin:1.4rem 0}
.sluice .figures div{padding:.7rem .9rem;border:1px solid var(--line);border-radius:.5rem;background:var(--panel)}
.sluice .figures dt{font-size:.8rem;color:var(--quiet)}
.sluice .figures dd{margin:0;font-size:1.35rem;font-weight:600;line-height:1.35}
.sluice .figures small{display:block;font-size:.78rem;font-weight:400;color:var(--quiet)}
.sluice .panel{margin:1rem 0 1.2rem;break-inside:avoid}
.sluice .drawing{overflow-x:auto}
.sluice .drawing .chart{min-width:38rem}
.sluice .bar{display:inline-block;height:.7em;margin-right:.6em;border-radius:2px;background:var(--bad)}
.sluice .about{display:grid;grid-template-columns:minmax(6em,max-content) 1fr;gap:.2rem 1.4rem;margin:0}
.sluice .about dt{color:var(--quiet)}
.sluice .about dd{margin:0;min-width:0;overflow-wrap:anywhere}
.sluice details{margin-top:1.6rem}
.sluice summary{cursor:pointer;font-weight:600}
.sluice pre{overflow-x:auto;padding:.9rem;border-radius:.5rem;background:var(--panel);font-size:12px}
.sluice footer{max-width:61rem;margin:0 auto;padding:1rem 1.25rem 2rem;font-size:.8rem}
@media print{
.sluice main{padding:0;max-width:none}
.sluice h2{break-after:avoid}
.sluice tr,.sluice .figures div{break-inside:avoid}
.sluice .drawing,.sluice .wide{overflow:visible}
.sluice .drawing .chart{min-width:0}
.sluice table{font-size:12px}
.sluice td{overflow-wrap:anywhere}
.sluice{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;

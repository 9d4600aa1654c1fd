/** The documentation that the console shows of the widget, and the parameters that it takes. In Markdown, as CloudWatch wants it. */
export const widgetDescription = `## Sluice

Shows the rollout of a Lambda alias that Sluice shifts, or of a group of aliases, and the last ones. Its buttons roll it back, approve,
reject, hold, resume and advance it, if the dashboard allows that.

### Parameters

Parameter | Description
---|---
**function** | The name of the function
**alias** | The name of the alias. A member of a group stands for the group

### Example

\`\`\` yaml
function: checkout
alias: live
\`\`\`
`;

/** How something is coloured that a word says, too. */
export type Tone = 'good' | 'bad' | 'asks' | 'runs' | 'plain';

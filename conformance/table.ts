/** Numbers in tables. */

/** For example `97.5 % (39/40)`; a dash where there is nothing to count. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${part === whole ? '100' : Math.min(99.9, (100 * part) / whole).toFixed(1)} % (${part}/${whole})`;

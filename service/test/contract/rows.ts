/** Ids of the rows of the contract, so that a row without a test is seen. */
export const ROWS: readonly string[] = [
  ...Array.from({ length: 10 }, (_, index) => `QH-A${index + 1}`),
  ...Array.from({ length: 12 }, (_, index) => `QH-${index + 1}`),
  ...Array.from({ length: 10 }, (_, index) => `QH-F${index + 1}`),
  ...Array.from({ length: 5 }, (_, index) => `QH-W${index + 1}`),
  ...Array.from({ length: 4 }, (_, index) => `QH-SB${index + 1}`),
];

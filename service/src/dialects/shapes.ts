/** Shapes that every interface asks for. */
import { z } from 'zod';

/** One line of text, of at most so many characters. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), 'must not hold control characters');

/** The shapes of the tiny interface. */
import { z } from 'zod';
import { line } from '../../../src/dialects/shapes.ts';

export const newJob = z.object({ title: line(100), pdf: z.string().min(1), emails: z.array(z.email()).min(1).max(5) });
export const jobId = z.object({ job: z.string().max(64) });
export const job = z.object({ job: z.string(), title: z.string(), state: z.enum(['open', 'done', 'over']), links: z.array(z.string()) });
export const failure = z.object({ oops: z.string() });

// Lengths of what people type, in code points: one emoji or Chinese character is 1, as Slack and the forms count. Pure.
import { z } from 'zod';

const within = (max: number) => (text: string) => [...text].length <= max;

/** Trimmed text of 1 to `max` code points. */
export const requiredText = (max: number) => z.string().trim().min(1).refine(within(max));

/** Trimmed text of at most `max` code points, or null. */
export const optionalText = (max: number) => z.string().trim().refine(within(max)).nullable().default(null);

import { expect } from 'vitest';
import type { DomainError, ErrorCode } from '../../src/domain/errors.js';

/** Equals any refusal with this code. */
export const code = (expected: ErrorCode): DomainError =>
  expect.objectContaining({ code: expected }) as unknown as DomainError;

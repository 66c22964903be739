// Failures ordered by a test: each rule breaks the next `times` calls of a Web API method.
import type { FaultRequest } from './protocol-requests.js';

export interface Faults {
  add(rule: FaultRequest): void;
  /** The rule that breaks this call, used up by one. */
  take(method: string): FaultRequest | undefined;
  list(): FaultRequest[];
  clear(): void;
}

/** A set of faults with none ordered. */
export function createFaults(): Faults {
  let rules: FaultRequest[] = [];
  return {
    add(rule) {
      rules.push({ ...rule });
    },
    take(method) {
      const rule = rules.find(
        (entry) => entry.times > 0 && (entry.method === method || entry.method === '*'),
      );
      if (!rule) return undefined;
      rule.times -= 1;
      rules = rules.filter((entry) => entry.times > 0);
      return rule;
    },
    list: () => rules.map((rule) => ({ ...rule })),
    clear() {
      rules = [];
    },
  };
}

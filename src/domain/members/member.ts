// What a person's roles let them be. Pure.
import type { Role } from '../access.js';

/** Whoever has one of these may own customers, contracts and instalments. */
export const MAY_OWN: readonly Role[] = ['rep', 'sales_manager', 'sales_director'];

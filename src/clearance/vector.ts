import type { ErrorCode } from '../base/index.js';

/** What clearance says of one class: met for these grantors (null: for all), or the first unmet condition. */
export type ClassClearance =
  | { readonly met: true; readonly grantors: readonly number[] | null }
  | { readonly met: false; readonly code: ErrorCode };

/** Class → clearance; a class without conditions is absent and met. */
export type ClearanceVector = ReadonlyMap<string, ClassClearance>;

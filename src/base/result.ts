import type { UserError } from './errors.ts';

/** An expected failure is a value: the caller has to look at it. Our own bugs throw instead. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: UserError };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed<T = never>(error: UserError): Result<T> {
  return { ok: false, error };
}

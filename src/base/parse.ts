// Reading untrusted JSON (from a child process, a file, a webview) without casts: every getter checks what it returns.

type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** The value as an object, or null when it is anything else. */
export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text that may not be JSON at all, as an object; null when it isn't one. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return asObject(value);
  } catch {
    return null;
  }
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The text, or '' for anything else. */
export function textOrEmpty(value: unknown): string {
  return asString(value) ?? '';
}

/** A finite number, or null. */
export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The number, or 0 for anything else. */
export function numberOrZero(value: unknown): number {
  return asNumber(value) ?? 0;
}

export function asBoolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

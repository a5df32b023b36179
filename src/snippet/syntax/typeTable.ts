/** Ways to write down tables of names, each a list of words. */
export type TypeTable = Record<string, string>;

export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Each name → itself. */
export function itself(names: string): TypeTable {
  return Object.fromEntries(words(names).map(name => [name, name]));
}

/** Each name → the type. */
export function all(names: string, type: string): TypeTable {
  return Object.fromEntries(words(names).map(name => [name, type]));
}

/** Each `owner.name` → the type. */
export function methods(owner: string, names: string, type: string): TypeTable {
  return Object.fromEntries(words(names).map(name => [`${owner}.${name}`, type]));
}

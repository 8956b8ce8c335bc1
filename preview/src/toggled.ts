/** Return the set without an item that it has, or with an item that it does not have. */
export function toggled<T>(items: ReadonlySet<T>, item: T): ReadonlySet<T> {
  return items.has(item) ? new Set([...items].filter((other) => other !== item)) : new Set([...items, item]);
}

/**
 * The classes of a component with what its user wants of them. A default gives way to a class for the same thing, because
 * the style sheet's order, and not the attribute's, would decide between the two.
 */
export function classes(defaults: string, wanted: string, ...giveWay: readonly string[]): string {
  const given = wanted.split(" ");
  const kept = giveWay.filter((name) => {
    const prefix = name.slice(0, name.indexOf("-") + 1);
    return !given.some((other) => other.startsWith(prefix));
  });
  return [defaults, ...kept, wanted].filter(Boolean).join(" ");
}

/** The name in a URL such as `memory://name`. */
export function nameIn(url: string): string {
  const [, scheme, name] = /^([a-z][a-z0-9+.-]*):\/\/(?:([A-Za-z0-9._-]+)\/?$)?/.exec(url) ?? [];
  if (name !== undefined) return name;
  throw new TypeError(`${url}: expected ${scheme}://name, with a name of letters, digits, . _ -`);
}

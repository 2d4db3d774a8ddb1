/** How a name goes on inside of another one: `items` in `OrderItems`. */
export function capitalised(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

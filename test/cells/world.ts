let decorated = 0;
const probe = (...args: unknown[]): void => {
  decorated = args.length;
};

export class Decorated {
  @probe method(): void {}
}

class Base {
  assigned = false;
}
Object.defineProperty(Base.prototype, "member", {
  set(this: Base) {
    this.assigned = true;
  },
});
class Derived extends Base {
  member = 1;
}

/** How this file was compiled, as it behaves: so that no cell is another one by mistake. */
export const world = {
  decorators: decorated === 3 ? "experimental" : "standard",
  fields: new Derived().assigned ? "assigned" : "defined",
};

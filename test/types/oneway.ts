import { oneway, t, unimplemented } from "trunkline";
import { Order } from "./shop.ts";

export abstract class WrongOneways {
  // @ts-expect-error a promise of nothing
  @oneway({ params: [t.string] })
  promise(line: string): Promise<void> {
    return unimplemented(line);
  }

  // @ts-expect-error a value
  @oneway({ params: [t.string] })
  value(line: string): string {
    return unimplemented(line);
  }

  // @ts-expect-error any
  @oneway({ params: [t.string] })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  any(line: string): any {
    return unimplemented(line);
  }

  // @ts-expect-error undefined is a value
  @oneway({ params: [t.string] })
  undefined(line: string): undefined {
    return unimplemented(line);
  }

  // @ts-expect-error no parameters
  @oneway({ params: [t.string] })
  none(): void {
    unimplemented();
  }

  // @ts-expect-error a parameter of type any
  @oneway({ params: [t.string] })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  anything(line: any): void {
    unimplemented(line);
  }

  // @ts-expect-error a parameter of type unknown
  @oneway({ params: [t.string] })
  unknown(line: unknown): void {
    unimplemented(line);
  }

  // @ts-expect-error one parameter more, optional
  @oneway({ params: [t.string] })
  optional(line: string, level?: number): void {
    unimplemented(line, level);
  }

  // @ts-expect-error another parameter
  @oneway({ params: [Order] })
  other(line: string): void {
    unimplemented(line);
  }

  // @ts-expect-error a static method
  @oneway({ params: [t.string] })
  static still(line: string): void {
    unimplemented(line);
  }

  // @ts-expect-error a field
  @oneway({ params: [t.string] })
  field: (line: string) => void = () => {};

  // @ts-expect-error a getter that returns the function
  @oneway({ params: [t.string] })
  get getter(): (line: string) => void {
    return unimplemented();
  }

  // @ts-expect-error untyped, and yet nothing comes back
  @oneway() untyped(line: string): Promise<void> {
    return unimplemented(line);
  }

  // @ts-expect-error untyped, and yet nothing comes back
  @oneway() untypedValue(line: string): string {
    return unimplemented(line);
  }
}

export function wrongOptions(): void {
  // @ts-expect-error nothing comes back
  oneway({ returns: t.string });
  // @ts-expect-error nothing can be thrown
  oneway({ throws: [] });
  // @ts-expect-error nothing is sent again
  oneway({ idempotent: true });
}

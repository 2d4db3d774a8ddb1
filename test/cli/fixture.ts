import { main } from "../../cli/main.ts";
import { Project } from "../tools/project.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A user's project with this package, as built, and what its command line asks to be installed. */
export async function cliProject(): Promise<Project> {
  const project = await Project.withBuild();
  for (const name of ["tsx", "protobufjs"]) await project.link(name);
  return project;
}

/** Runs a command line in this process, as if in `cwd`. */
export async function trunkline(cwd: string, ...args: readonly string[]): Promise<Said> {
  let out = "";
  let err = "";
  const code = await main(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    cwd,
  });
  return { code, out, err };
}

export const ordersModule = `
import { arg, type Infer, oneway, rpc, service, stream, t, type Topic, topic, unimplemented } from "trunkline";

export const Item = t.struct("shop.Item", { sku: t.string, qty: t.int32, price: t.float64 });
export const Order = t.struct("shop.Order", { id: t.int64, customer: t.string, items: t.list(Item), note: t.optional(t.string) });
export type Order = Infer<typeof Order>;
export const OutOfStock = t.error("shop.OutOfStock", { sku: t.string });

@service("shop.Orders", { version: "1.0.0" })
export abstract class Orders {
  @rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock] })
  place(order: Order): Promise<bigint> {
    return unimplemented(order);
  }

  @oneway({ params: [arg("line", t.string)] })
  audit(line: string): void {
    unimplemented(line);
  }

  @stream({ params: [arg("since", t.int64)], yields: Order })
  watch(since: bigint): AsyncIterable<Order> {
    return unimplemented(since);
  }

  @topic(Order)
  get placed(): Topic<Order> {
    return unimplemented();
  }
}
`;

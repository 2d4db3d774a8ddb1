import { connect } from "./connect.ts";
import type { Client, Topics } from "./core/client/client-types.ts";
import type { ProtobufService } from "./core/contract/protobuf-service.ts";
import { type Contract, type ContractLike, contractOf, type Handler, type Handlers } from "./core/contract/service.ts";
import { randomId } from "./core/platform.ts";
import { implement } from "./core/server/implementation.ts";
import { createNodePlatform } from "./platform-node.ts";
import { serve } from "./serve.ts";

/** The handlers that a test needs: those that it leaves out answer `UNIMPLEMENTED`. */
export type MockHandlers<C extends ContractLike> = C extends Contract | ProtobufService
  ? Partial<Handlers<C>>
  : C extends abstract new (
        ...args: never
      ) => infer I
    ? { readonly [K in keyof I as K extends Exclude<keyof Client<C>, keyof Topics<C>> ? K : never]?: Handler<I[K]> }
    : never;

/** A client, and at the end of a test its end. */
export type Mock<C extends ContractLike> = Client<C> & AsyncDisposable;

/**
 * A client for the tests of code that calls a service: plain functions stand for its methods. Calls take the real path
 * within this process, with copies, validation, deadlines and errors.
 * @example await using orders = await mock(Orders, { place: async (order) => order.id });
 */
export async function mock<C extends ContractLike>(contract: C, handlers: MockHandlers<C>): Promise<Mock<C>> {
  const url = `memory://mock-${randomId(createNodePlatform(false))}`;
  const service = implement(contractOf(contract) as Contract, handlers as Handlers<Contract>);
  const server = await serve({ services: [service], listen: [url], partial: true });
  const client = await connect({ endpoints: [url] });
  const proxy = await client.refer(contract);
  const dispose = async (): Promise<void> => {
    client.destroy();
    server.destroy();
  };
  return Object.freeze({ ...proxy, [Symbol.asyncDispose]: dispose }) as Mock<C>;
}

import type { Attempt } from "../call/attempt.ts";
import type { RpcError } from "../error.ts";
import { type Lacks, uncarriedCall } from "../link/lack.ts";
import type { ServicePort, StreamRequest } from "../transport.ts";

/** A service over a transport that cannot carry all of its operations: the others go on, and those fail by name. */
export class CarriedPort implements ServicePort {
  readonly #port: ServicePort;
  readonly #lacks: Lacks;
  readonly #where: { readonly service: string; readonly url: string };

  constructor(port: ServicePort, lacks: Lacks, where: { readonly service: string; readonly url: string }) {
    this.#port = port;
    this.#lacks = lacks;
    this.#where = where;
  }

  get refused(): RpcError | undefined {
    return this.#port.refused;
  }

  send(attempt: Attempt): void {
    const error = this.#uncarried(attempt.method);
    if (error) attempt.fail(error);
    else this.#port.send(attempt);
  }

  open(request: StreamRequest): AsyncIterable<unknown> {
    const error = this.#uncarried(request.method);
    if (error) throw error;
    return this.#port.open(request);
  }

  #uncarried(method: Attempt["method"]): RpcError | undefined {
    const features = this.#lacks.get(method);
    const { service, url } = this.#where;
    return features && uncarriedCall(service, url, new Map([[method, features]]));
  }

  release(): void {
    this.#port.release();
  }
}

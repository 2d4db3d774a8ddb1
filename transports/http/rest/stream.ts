import type { RpcError } from "../../../core/error.ts";
import type { Metadata } from "../../../core/metadata.ts";
import type { Answer, HttpCall } from "../answer.ts";
import { headersOf } from "../headers.ts";
import { type ReplyOptions, resultJson, sendStatus } from "./reply.ts";
import { statusJson } from "./status.ts";

/** A head that no item has come for in so many milliseconds leaves: an error until then has a status of its own. */
const OPEN_MS = 100;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How the items of a stream are written one after the other. */
export interface StreamForm {
  readonly type: string;
  item(json: string): string;
  error(json: string): string;
  /** Behind the last item. */
  readonly end: string;
  /** What says nothing, for a peer that must hear something. */
  readonly heartbeat: string | undefined;
}

/** A line for each, as gRPC's transcoders write it: `{"result":{…}}`, and at last perhaps `{"error":{…}}`. */
export const lines: StreamForm = {
  type: "application/x-ndjson",
  item: (json) => `{"result":${json}}\n`,
  error: (json) => `{"error":${json}}\n`,
  end: "",
  heartbeat: undefined,
};

/**
 * Server-sent events. Each item has the next number as its id; who comes again with `Last-Event-ID` goes on from there. At the end
 * comes the event `end`, or `error` with the status, since a browser would else come again.
 */
export function serverSentEvents(lastEventId: string | undefined): StreamForm {
  let id = /^\d{1,15}$/.test(lastEventId ?? "") ? Number(lastEventId) : 0;
  return {
    type: "text/event-stream",
    item: (json) => `id: ${++id}\ndata: ${json}\n\n`,
    error: (json) => `event: error\ndata: ${json}\n\n`,
    end: "event: end\ndata: {}\n\n",
    heartbeat: ":\n\n",
  };
}

export interface StreamOptions extends ReplyOptions {
  readonly form: StreamForm;
}

/** The answer of a method that streams. */
export class RestStream implements Answer {
  readonly #options: StreamOptions;
  #head: Metadata | undefined;
  #opened = false;
  #over = false;
  /** Until there is room. */
  #full = false;
  #stop: () => void = () => {};

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** The call has begun. */
  begun(call: HttpCall): void {
    if (this.#opened || this.#over) return;
    this.#stop = this.#options.site.host.platform.schedule(OPEN_MS, () => {
      this.#head = call.untoldMetadata() ?? this.#head;
      this.#open();
    });
  }

  /** The peer is gone. */
  gone(): void {
    this.#over = true;
    this.#stop();
  }

  head(_call: HttpCall, metadata: Metadata): void {
    this.#head = metadata;
  }

  item(call: HttpCall, value: unknown): Promise<void> | undefined {
    const json = decoder.decode(resultJson(call, value, this.#options));
    this.#open();
    return this.#write(this.#options.form.item(json));
  }

  reply(): void {}

  end(_call: HttpCall, trailers: Metadata | undefined): void {
    this.#open();
    this.#finish(this.#options.form.end, trailers);
  }

  fail(call: HttpCall, error: RpcError): void {
    const { form, request, response } = this.#options;
    if (this.#opened) return this.#finish(form.error(statusJson(error, call.operation.codec)), error.metadata);
    this.gone();
    sendStatus(request, response, { error, call });
  }

  #open(): void {
    if (this.#opened || this.#over) return;
    this.#opened = true;
    this.#stop();
    const headers = this.#head === undefined ? {} : headersOf(this.#head);
    headers["content-type"] = this.#options.form.type;
    headers["cache-control"] = "no-cache";
    headers["vary"] = "accept";
    // For proxies that would gather what is to be seen at once.
    headers["x-accel-buffering"] = "no";
    this.#options.response.head(200, headers);
    const { heartbeat } = this.#options.form;
    if (heartbeat === undefined) return;
    void this.#write(heartbeat);
    this.#beat(heartbeat);
  }

  #beat(heartbeat: string): void {
    const { host, options } = this.#options.site;
    this.#stop = host.platform.schedule(options.heartbeatMs, () => {
      if (!this.#full) void this.#write(heartbeat);
      this.#beat(heartbeat);
    });
  }

  #write(text: string): Promise<void> | undefined {
    if (this.#over) return undefined;
    const room = this.#options.response.write(encoder.encode(text));
    this.#full = room !== undefined;
    return room?.then(() => {
      this.#full = false;
    });
  }

  #finish(text: string, trailers: Metadata | undefined): void {
    if (this.#over) return;
    this.gone();
    const bytes = text === "" ? undefined : encoder.encode(text);
    this.#options.response.end(bytes, trailers && headersOf(trailers));
  }
}

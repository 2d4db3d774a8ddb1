import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { FrameWriter, frameReader } from "../../rpc/contenders/frames.ts";
import { type Order, order } from "../../rpc/order.ts";
import type { Check, Connection, Contender, RunningServer, ServerOptions } from "../contender.ts";
import { Handlers, Listeners } from "./subscribers.ts";

/*
 * The limit: what JSON over TCP can do on Node when there is nothing else. The u32 of a frame says what it is, with the
 * number of the call in the lower bits. Batches as in the question of calls; a stream is written 32 frames at a time and
 * stops while the socket's own buffer is full.
 */
const callBatch = 16;
const callBatchMax = 32;
const streamBatch = 32;
const bufferedBytesMax = 262_144;

const kind = {
  call: 0,
  oneway: 1 << 24,
  /** JSON: how many items the server shall send. */
  serverStream: 2 << 24,
  item: 3 << 24,
  /** JSON: how many items came. */
  end: 4 << 24,
  echo: 5 << 24,
  /** JSON: the key. */
  subscribe: 6 << 24,
  /** JSON: { key, order } */
  message: 7 << 24,
} as const;
const kindMask = 0xff << 24;

interface Lane {
  readonly socket: Socket;
  readonly writer: FrameWriter;
  /** Items of an upstream. */
  items: number;
}

function drained(socket: Socket): Promise<unknown> | undefined {
  return socket.writableLength > bufferedBytesMax ? once(socket, "drain") : undefined;
}

/** In its turn the loop is never left but for a full buffer. */
async function sendItems({ socket, writer }: Lane, id: number, count: number): Promise<void> {
  writer.batch = streamBatch;
  for (let sent = 0; sent < count; sent++) {
    writer.write(id, JSON.stringify(order));
    const room = drained(socket);
    if (room !== undefined) await room;
  }
}

function serve(socket: Socket, listeners: Listeners<Socket>, { handled }: ServerOptions): void {
  const lane: Lane = { socket, writer: new FrameWriter(socket, callBatch), items: 0 };
  const { writer } = lane;
  const read = frameReader((id, chunk, start, end) => {
    const value = JSON.parse(chunk.toString("utf8", start, end));
    switch (id & kindMask) {
      case kind.oneway:
        return handled(value);
      case kind.serverStream:
        void sendItems(lane, kind.item, value).then(() => {
          writer.write(kind.end, JSON.stringify(value));
          writer.flush();
          writer.batch = callBatch;
        });
        return;
      case kind.item:
        if (value.id !== order.id || value.items.length !== order.items.length) throw new Error("garbled");
        lane.items++;
        return;
      case kind.end:
        writer.write(kind.end, JSON.stringify(lane.items));
        lane.items = 0;
        return;
      case kind.subscribe:
        listeners.add(value, socket);
        writer.write(id, "true");
        return;
      default:
        writer.write(id, JSON.stringify(value));
    }
  });
  socket.on("data", (chunk) => {
    read(chunk);
    writer.flush();
  });
  socket.on("error", () => socket.destroy());
}

/** A message is encoded once; what a turn brings to a socket leaves it in one write. */
function publisher(listeners: Listeners<Socket>) {
  const corked = new Set<Socket>();
  const uncork = () => {
    for (const socket of corked) socket.uncork();
    corked.clear();
  };
  return (value: Order, key: string): void => {
    const json = Buffer.from(JSON.stringify({ key, order: value }));
    const frame = Buffer.allocUnsafe(8 + json.length);
    frame.writeUInt32LE(json.length + 4, 0);
    frame.writeUInt32LE(kind.message, 4);
    json.copy(frame, 8);
    if (corked.size === 0) process.nextTick(uncork);
    for (const socket of listeners.of(key)) {
      if (!corked.has(socket)) {
        corked.add(socket);
        socket.cork();
      }
      socket.write(frame);
    }
  };
}

async function startServer(options: ServerOptions): Promise<RunningServer> {
  const listeners = new Listeners<Socket>();
  const server = createServer({ noDelay: true }, (socket) => serve(socket, listeners, options));
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 });
  await once(server, "listening");
  return { address: String((server.address() as AddressInfo).port), publish: publisher(listeners) };
}

async function open(address: string): Promise<Connection> {
  const replies: ((value: never) => void)[] = [];
  const freeIds: number[] = [];
  const handlers = new Handlers();
  let onItem: Check = () => {};
  let onEnd: (count: number) => void = () => {};
  const read = frameReader((id, chunk, start, end) => {
    const value = JSON.parse(chunk.toString("utf8", start, end));
    switch (id & kindMask) {
      case kind.item:
      case kind.echo:
        return onItem(value);
      case kind.end:
        return onEnd(value);
      case kind.message:
        return handlers.handOut(value.key, value.order);
      default: {
        const slot = id & ~kindMask;
        freeIds.push(slot);
        replies[slot]?.(value as never);
      }
    }
  });
  const buffer = Buffer.allocUnsafeSlow(65_536);
  const callback = (bytes: number) => {
    read(buffer.subarray(0, bytes));
    return true;
  };
  const socket = connect({ port: Number(address), host: "127.0.0.1", noDelay: true, onread: { buffer, callback } });
  await once(socket, "connect");
  const writer = new FrameWriter(socket, 1);
  const lane: Lane = { socket, writer, items: 0 };
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    writer.flush();
  };
  const write = (id: number, value: unknown, batch: number) => {
    writer.batch = batch;
    writer.write(id, JSON.stringify(value));
    if (!scheduled) {
      scheduled = true;
      process.nextTick(flush);
    }
  };
  const ask = <T>(what: number, value: unknown) =>
    new Promise<T>((resolve) => {
      const slot = freeIds.pop() ?? replies.length;
      replies[slot] = resolve;
      write(what | slot, value, Math.min(callBatchMax, (replies.length - freeIds.length + 3) >> 2));
    });
  const ended = () =>
    new Promise<number>((resolve) => {
      onEnd = resolve;
    });
  return {
    call: (value) => ask(kind.call, value),
    send: (value) => write(kind.oneway, value, streamBatch),
    async serverStream(count, check) {
      let came = 0;
      onItem = (value) => {
        check(value);
        came++;
      };
      const end = ended();
      write(kind.serverStream, count, 1);
      await end;
      return came;
    },
    async clientStream(count) {
      const end = ended();
      await sendItems(lane, kind.item, count);
      write(kind.end, 0, 1);
      return end;
    },
    bidirectional: (count, window, check) =>
      new Promise((resolve) => {
        let sent = 0;
        let came = 0;
        const next = () => {
          sent++;
          write(kind.echo, order, window >> 2);
        };
        onItem = (value) => {
          check(value);
          if (++came === count) return resolve(came);
          if (sent < count) next();
        };
        while (sent < Math.min(window, count)) next();
      }),
    async subscribe(key, deliver) {
      if (handlers.add(key, deliver)) await ask(kind.subscribe, key);
    },
  };
}

export const contender: Contender = { startServer, connect: open };

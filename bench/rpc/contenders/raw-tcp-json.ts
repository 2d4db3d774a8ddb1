import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Connection, Contender, RunningServer } from "../contender.ts";
import { type Order, order } from "../order.ts";
import { FrameWriter, frameReader } from "./frames.ts";

/*
 * The limit: what JSON over TCP can do on Node when there is nothing else: no contract, no validation, no deadline, no
 * errors. Tried on 2 cores at concurrency 128 and 16, batches of 1 to 64 frames: best is a write when a quarter of the
 * calls under way is ready (32 at 128, 4 at 16), because then both ends work at the same time; one write per tick
 * halves the throughput. The server does not know how many are under way; 16 was best for it at both.
 */
const serverBatch = 16;
const clientBatchMax = 32;

/** An id with this bit is kept unanswered until `release`. */
const holdBit = 0x4000_0000;

async function startServer(): Promise<RunningServer> {
  const sockets = new Map<Socket, FrameWriter>();
  let held: (() => void)[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const writer = new FrameWriter(socket, serverBatch);
    sockets.set(socket, writer);
    const read = frameReader((id, chunk, start, end) => {
      const value = JSON.parse(chunk.toString("utf8", start, end));
      if ((id & holdBit) === 0) writer.write(id, JSON.stringify(value));
      else held.push(() => writer.write(id, JSON.stringify(value)));
    });
    socket.on("data", (chunk) => {
      read(chunk);
      writer.flush();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: String((server.address() as AddressInfo).port),
    held: () => held.length,
    release() {
      for (const answer of held) answer();
      held = [];
      for (const writer of sockets.values()) writer.flush();
    },
  };
}

async function open(address: string): Promise<Connection<Order>> {
  const replies: ((value: Order) => void)[] = [];
  const freeIds: number[] = [];
  const read = frameReader((id, chunk, start, end) => {
    const slot = id & ~holdBit;
    freeIds.push(slot);
    replies[slot]?.(JSON.parse(chunk.toString("utf8", start, end)));
  });
  // One buffer for all reads, instead of a new one of 64 KB for each.
  const buffer = Buffer.allocUnsafeSlow(65_536);
  const socket = connect({
    port: Number(address),
    host: "127.0.0.1",
    noDelay: true,
    onread: {
      buffer,
      callback(bytes) {
        read(buffer.subarray(0, bytes));
        return true;
      },
    },
  });
  await once(socket, "connect");
  const writer = new FrameWriter(socket, 1);
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    writer.flush();
  };
  const send = (value: Order, bit: number) =>
    new Promise<Order>((resolve) => {
      const slot = freeIds.pop() ?? replies.length;
      replies[slot] = resolve;
      writer.batch = Math.min(clientBatchMax, (replies.length - freeIds.length + 3) >> 2);
      writer.write(slot | bit, JSON.stringify(value));
      if (!scheduled) {
        scheduled = true;
        process.nextTick(flush);
      }
    });
  return {
    call: (value) => send(value, 0),
    hold: (value) => send(value, holdBit),
  };
}

export const contender: Contender<Order> = { payload: order, startServer, connect: open };

import type { Socket } from "node:net";

/*
 * u32 length of what follows | u32 id | JSON in UTF-8, little endian
 */
const headBytes = 8;
const slabBytes = 65_536;

/** Gathers frames in a slab and writes them together. */
export class FrameWriter {
  /** Frames after which to write at once; the rest leaves with `flush`. */
  batch: number;
  readonly #socket: Socket;
  #slab = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #frames = 0;

  constructor(socket: Socket, batch: number) {
    this.#socket = socket;
    this.batch = batch;
  }

  write(id: number, json: string): void {
    // A UTF-16 unit is 3 bytes at most.
    const room = headBytes + json.length * 3;
    if (this.#end + room > this.#slab.length) {
      this.flush();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, room));
      this.#start = this.#end = 0;
    }
    const slab = this.#slab;
    const at = this.#end;
    const bytes = slab.write(json, at + headBytes);
    slab.writeUInt32LE(bytes + 4, at);
    slab.writeUInt32LE(id, at + 4);
    this.#end = at + headBytes + bytes;
    if (++this.#frames >= this.batch) this.flush();
  }

  flush(): void {
    this.#frames = 0;
    if (this.#end === this.#start) return;
    this.#socket.write(this.#slab.subarray(this.#start, this.#end));
    // With nothing queued the kernel has it all, and the slab can be used again while it is in the cache.
    if (this.#socket.writableLength === 0) this.#end = 0;
    this.#start = this.#end;
  }
}

/**
 * Calls `onFrame` for every whole frame where it lies; only a frame's beginning is copied, and joined to the next
 * chunk. The chunk may be overwritten after the return.
 */
export function frameReader(onFrame: (id: number, chunk: Buffer, start: number, end: number) => void) {
  let rest: Buffer | undefined;
  return (received: Buffer): void => {
    const chunk = rest === undefined ? received : Buffer.concat([rest, received]);
    const size = chunk.length;
    let at = 0;
    while (size - at >= headBytes) {
      const end = at + 4 + chunk.readUInt32LE(at);
      if (end > size) break;
      onFrame(chunk.readUInt32LE(at + 4), chunk, at + headBytes, end);
      at = end;
    }
    rest = at < size ? Buffer.from(chunk.subarray(at)) : undefined;
  };
}

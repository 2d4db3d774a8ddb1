import type { IncomingCall } from "./context.ts";

/**
 * What the core needs from where it runs: time, timers, randomness and the call in progress. `index.ts` hands in
 * Node's; tests hand in a seeded, virtual one.
 */
export interface Platform {
  /** Milliseconds of a clock that never jumps back; its zero means nothing. */
  now(): number;
  /** Milliseconds since the epoch, by a clock that may be set: only for what users are told. */
  wallNow(): number;
  /** Runs `task` after `ms`; must not keep the process alive. Returns what stops it. */
  schedule(ms: number, task: () => void): () => void;
  /** Runs `task` after the current turn and what it left to do right away. */
  afterTurn(task: () => void): void;
  /** Runs `task` in a later turn of the event loop, after what has arrived meanwhile; keeps the process alive until then. */
  nextTurn(task: () => void): void;
  /** Keeps the process alive; returns what lets it end again. */
  hold(): () => void;
  /** From 0 up to, but not including, 1. */
  random(): number;
  /** Carries the call in progress through a handler's asynchronous work; absent where the runtime has no means. */
  readonly current?: CurrentStore;
}

export interface CurrentStore {
  run<A extends unknown[], R>(value: IncomingCall, task: (...args: A) => R, ...args: A): R;
  getStore(): IncomingCall | undefined;
  /** Runs what is still of a task that `run` began: where `value` may have been lost since. Absent where it never is. */
  resume?<R>(value: IncomingCall, task: () => R): R;
  /** Somebody is going to ask: from now on nothing may be lost. Absent where nothing ever is. */
  keep?(): void;
}

/** Sixteen letters and digits that no other process picks. */
export function randomId(platform: Platform): string {
  let id = "";
  while (id.length < 16) id += Math.floor(platform.random() * 36).toString(36);
  return id;
}

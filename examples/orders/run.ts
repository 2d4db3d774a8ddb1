import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./answer.ts";
import type { Order } from "./contract.ts";
import { readJournal } from "./journal.ts";
import type { Register } from "./ledger.ts";
import type { FromConsumer } from "./messages.ts";
import type { Options } from "./options.ts";
import { patterns } from "./pattern.ts";
import { count, counted, type Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import type { Consumer, Provider, Workshop } from "./workshop.ts";

const IN_FLIGHT = 48;
/** Once this part of the calls has been answered, a provider is killed. */
const KILL_AT = 0.5;
const DOWN_MS = 1000;
const START_MS = 30_000;
/** Placing takes as long as the file is; this only ends a run that is stuck. */
const STUCK_MS = 60_000;
const STOP_MS = 15_000;

export interface RunResult {
  /** In the order of `patterns`. */
  readonly answers: readonly (readonly Answer[])[];
  readonly providers: readonly Register[];
  readonly consumer: Register;
}

/** Where a provider lives, whichever process it is at the moment. */
interface Place {
  readonly name: string;
  readonly url: string;
  process: Provider;
}

/** One run: places the orders while a provider is killed and comes back. */
export class Run {
  readonly #workshop: Workshop;
  readonly #terminal: Terminal;
  readonly #progress: Progress;
  readonly #halfway: Promise<void>;
  #reachHalfway!: () => void;
  /** Rejects when the run cannot go on. */
  readonly #failed: Promise<never>;
  #fail!: (error: Error) => void;
  readonly #mayEnd = new Set<Provider>();
  #movedAt = 0;

  constructor(workshop: Workshop, terminal: Terminal, progress: Progress) {
    this.#workshop = workshop;
    this.#terminal = terminal;
    this.#progress = progress;
    this.#halfway = new Promise((resolve) => {
      this.#reachHalfway = resolve;
    });
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {});
  }

  async execute(orders: readonly Order[], options: Options): Promise<RunResult> {
    const names = Array.from({ length: options.providers }, (_, i) => `provider-${i + 1}`);
    const places = await Promise.all(names.map((name) => this.#start(name, "tcp://127.0.0.1:0")));
    for (const { name, url, process } of places) this.#say(`${name} listens on ${url} (pid ${process.pid})`);

    const consumer = await this.#startConsumer(orders, places, options.codec);
    const placed = consumer.next("placed", 2 ** 31 - 1);
    const result = Promise.race([placed, this.#failed]);
    const stopWatch = this.#watchForStandstill();
    try {
      await Promise.race([this.#halfway, result]);
      await Promise.race([this.#killAndRestart(places[Math.floor(places.length / 2)] as Place), this.#failed]);
      consumer.send({ kind: "restarted" });
      const { answers } = await result;
      await this.#stop(places);
      const providers = names.map((name) => this.#register(name));
      return { answers, providers, consumer: this.#register("consumer") };
    } finally {
      stopWatch();
    }
  }

  async #start(name: string, url: string): Promise<Place> {
    const process = this.#workshop.startProvider(name, url);
    const listening = await process.next("listening", START_MS);
    void process.exited.then(() => {
      if (!this.#mayEnd.has(process)) this.#fail(new Error(`${name} (pid ${process.pid}) ended unexpectedly`));
    });
    return { name, url: listening.url, process };
  }

  async #startConsumer(orders: readonly Order[], places: readonly Place[], codec: string): Promise<Consumer> {
    const consumer = this.#workshop.startConsumer((message) => this.#onMessage(message));
    consumer.send({
      kind: "place",
      orders,
      endpoints: places.map(({ url }) => url),
      codec,
      journal: this.#workshop.journalOf("consumer"),
      inFlight: IN_FLIGHT,
    });
    await Promise.race([consumer.next("connected", START_MS), this.#failed]);
    this.#say(`consumer (pid ${consumer.pid}) is connected to all of them, codec ${codec}`);
    this.#say(`${counted(orders.length, "order")} x ${patterns.length} patterns, up to ${IN_FLIGHT} calls in flight`);
    return consumer;
  }

  async #killAndRestart(place: Place): Promise<void> {
    const { name, url, process } = place;
    this.#mayEnd.add(process);
    process.kill();
    await process.exited;
    this.#say(this.#terminal.paint("red", `${name} (pid ${process.pid}) was killed half way: kill -9`));
    await sleep(DOWN_MS);
    place.process = (await this.#start(name, url)).process;
    this.#say(this.#terminal.paint("green", `${name} is back on the same port (pid ${place.process.pid})`));
  }

  #onMessage(message: FromConsumer): void {
    if (message.kind === "reconnected")
      this.#say(
        this.#terminal.paint("green", `consumer has reconnected, ${count(Math.round(message.afterMs))} ms later`),
      );
    if (message.kind !== "progress") return;
    const before = this.#progress.ratio;
    this.#progress.update(
      patterns.map(({ name }, i) => ({ name, done: message.done[i] ?? 0, unknown: message.unknown[i] ?? 0 })),
    );
    if (this.#progress.ratio > before) this.#movedAt = performance.now();
    if (this.#progress.ratio >= KILL_AT) this.#reachHalfway();
  }

  #watchForStandstill(): () => void {
    this.#movedAt = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - this.#movedAt > STUCK_MS)
        this.#fail(new Error(`the run is stuck: no call has ended for ${STUCK_MS / 1000} s`));
    }, 1000);
    return () => clearInterval(timer);
  }

  async #stop(places: readonly Place[]): Promise<void> {
    for (const { process } of places) {
      this.#mayEnd.add(process);
      process.send({ kind: "stop" });
    }
    const late = new AbortController();
    await Promise.race([
      Promise.all(places.map(({ process }) => process.exited)).finally(() => late.abort()),
      sleep(STOP_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error(`the providers did not end within ${STOP_MS / 1000} s`);
      }),
    ]);
  }

  #register(name: string): Register {
    return { name, lives: readJournal(this.#workshop.journalOf(name)) };
  }

  #say(text: string): void {
    this.#progress.log(`  ${text}`);
  }
}

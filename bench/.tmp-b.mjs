var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// core/error.ts
var BRAND, RpcError;
var init_error = __esm({
  "core/error.ts"() {
    "use strict";
    BRAND = /* @__PURE__ */ Symbol.for("trunkline.RpcError");
    RpcError = class _RpcError extends Error {
      code;
      metadata;
      details;
      retryable;
      constructor(options) {
        super(options.message, options.cause === void 0 ? void 0 : { cause: options.cause });
        this.name = "RpcError";
        this.code = options.code;
        this.metadata = options.metadata ?? {};
        this.details = options.details;
        this.retryable = options.retryable ?? false;
        Object.defineProperty(this, BRAND, { value: true });
      }
      static is(value) {
        return typeof value === "object" && value !== null && BRAND in value;
      }
      /**
       * Anything thrown, as an `RpcError`. What is not one already becomes `UNKNOWN` with a message of our
       * own: the text of an unexpected error may hold secrets and stays here, as the `cause`.
       */
      static from(thrown, message = "the handler failed; its error is in the log of the server") {
        return _RpcError.is(thrown) ? thrown : new _RpcError({ code: "UNKNOWN", message, cause: thrown });
      }
    };
  }
});

// core/backoff.ts
function backoffMs(attempt, options, platform) {
  const ceiling = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + ceiling / 2 * platform.random();
}
var defaultBackoff;
var init_backoff = __esm({
  "core/backoff.ts"() {
    "use strict";
    defaultBackoff = Object.freeze({ firstMs: 50, maxMs: 1e4 });
  }
});

// core/metadata.ts
function createMetadata(entries) {
  const copy = {};
  for (const [key, value] of Object.entries(entries)) {
    if (!KEY.test(key) || typeof value !== "string") {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `metadata ${JSON.stringify(key)}: a key is of a-z 0-9 . _ - and a value is a string`
      });
    }
    copy[key] = value;
  }
  return Object.freeze(copy);
}
function travelling(metadata) {
  let picked;
  for (const key in metadata) {
    if (key.startsWith(TRAVELLING_PREFIX) || key === "traceparent" || key === "tracestate" || key === "baggage") {
      picked ??= {};
      picked[key] = metadata[key];
    }
  }
  return picked;
}
var emptyMetadata, TRAVELLING_PREFIX, KEY;
var init_metadata = __esm({
  "core/metadata.ts"() {
    "use strict";
    init_error();
    emptyMetadata = Object.freeze({});
    TRAVELLING_PREFIX = "x-";
    KEY = /^[a-z0-9][a-z0-9._-]*$/;
  }
});

// core/incoming.ts
var ServedCall;
var init_incoming = __esm({
  "core/incoming.ts"() {
    "use strict";
    init_error();
    init_metadata();
    ServedCall = class {
      metadata;
      deadline;
      replyMetadata = void 0;
      /** True once nobody waits for its outcome. */
      over = false;
      dueMs = 0;
      previous = void 0;
      next = void 0;
      #origin;
      #wheel;
      #controller;
      #reason;
      constructor(origin, metadata, deadline, wheel) {
        this.#origin = origin;
        this.metadata = metadata;
        this.deadline = deadline;
        this.#wheel = wheel;
      }
      get service() {
        return this.#origin.service;
      }
      get method() {
        return this.#origin.method;
      }
      get instance() {
        return this.#origin.instance;
      }
      get peer() {
        return this.#origin.peer;
      }
      /** Made on first use, and only then does the deadline need a timer: an AbortController costs more than a small call. */
      get signal() {
        if (this.#controller === void 0) {
          this.#controller = new AbortController();
          if (this.#reason) this.#controller.abort(this.#reason);
          else if (this.deadline !== void 0 && !this.over) {
            this.dueMs = this.deadline;
            this.#wheel.add(this);
          }
        }
        return this.#controller.signal;
      }
      setReplyMetadata(entries) {
        this.replyMetadata = createMetadata({ ...this.replyMetadata, ...entries });
      }
      expire() {
        this.dueMs = 0;
        this.abort(new RpcError({ code: "DEADLINE_EXCEEDED", message: "the caller's deadline has passed" }));
      }
      /** The caller no longer waits. */
      abort(reason) {
        this.#reason ??= reason;
        this.#controller?.abort(reason);
        this.finish();
      }
      /** The outcome is on its way. */
      finish() {
        this.over = true;
        if (this.dueMs !== 0) {
          this.#wheel.remove(this);
          this.dueMs = 0;
        }
      }
    };
  }
});

// core/explain.ts
function mismatch(path, expected, value) {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${path === "" ? "the value" : path}: expected ${expected}, got ${show(value)}`
  });
}
function show(value) {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}\u2026` : value);
    case "bigint":
      return `${value}n`.slice(0, 40);
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `a list of ${value.length}`;
      return Object.getPrototypeOf(value)?.constructor?.name === "Object" ? "an object" : `a ${value.constructor?.name ?? "object"}`;
    default:
      return String(value);
  }
}
function explain(type, value, path = "", maxDepth = 64) {
  if (maxDepth < 0) {
    return new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${path}: nested deeper than maxDepth; a cycle cannot be sent`
    });
  }
  switch (type.kind) {
    case "any":
      return void 0;
    case "list": {
      if (!Array.isArray(value)) return mismatch(path, "a list", value);
      for (let i = 0; i < value.length; i++) {
        const error = explain(type.item, value[i], `${path}[${i}]`, maxDepth - 1);
        if (error) return error;
      }
      return void 0;
    }
    case "map": {
      if (!isRecord(value)) return mismatch(path, "a map, as a plain object", value);
      for (const key of Object.keys(value)) {
        if (!isWellFormed(key)) return mismatch(`a key of ${path || "the map"}`, "well-formed Unicode", key);
        const error = explain(type.value, value[key], `${path}[${JSON.stringify(key)}]`, maxDepth - 1);
        if (error) return error;
      }
      return void 0;
    }
    case "enum":
      return type.members.includes(value) ? void 0 : mismatch(path, `one of ${type.members.join(", ")}`, value);
    case "struct":
      return isRecord(value) ? explainFields(type.fields, value, path, maxDepth) : mismatch(path, type.name, value);
    case "union": {
      const kind = isRecord(value) ? value["kind"] : void 0;
      const field2 = type.fields.find((one) => one.name === kind);
      if (field2 === void 0) {
        return mismatch(
          path,
          `{ kind, value } with kind one of ${type.fields.map((one) => one.name).join(", ")}`,
          isRecord(value) ? kind : value
        );
      }
      return explain(field2.type, value["value"], `${path}.${field2.name}`, maxDepth - 1);
    }
    default:
      return fits(type.kind, value) ? void 0 : mismatch(path, expectation(type.kind), value);
  }
}
function explainFields(fields, value, path, maxDepth = 64) {
  for (const field2 of fields) {
    const member2 = value[field2.name];
    if (member2 === void 0 && (field2.optional || field2.defaultValue !== void 0)) continue;
    const error = explain(field2.type, member2, path === "" ? field2.name : `${path}.${field2.name}`, maxDepth - 1);
    if (error) return error;
  }
  return void 0;
}
function fits(kind, value) {
  switch (kind) {
    case "any":
      return true;
    case "bool":
      return typeof value === "boolean";
    case "int32":
      return typeof value === "number" && (value | 0) === value && value >= INT32_MIN && value <= INT32_MAX;
    case "int53":
      return Number.isSafeInteger(value);
    case "int64":
      return typeof value === "bigint" && value >= INT64_MIN && value <= INT64_MAX;
    case "float32":
      return typeof value === "number" && (!Number.isFinite(value) || Number.isFinite(Math.fround(value)));
    case "float64":
      return typeof value === "number";
    case "string":
      return typeof value === "string" && isWellFormed(value);
    case "decimal":
      return typeof value === "string" && DECIMAL.test(value);
    case "bytes":
      return value instanceof Uint8Array;
    case "timestamp":
      return value instanceof Date && value.getTime() >= MIN_TIMESTAMP_MS && value.getTime() <= MAX_TIMESTAMP_MS;
  }
}
function expectation(kind) {
  if (kind === "int64") return "int64, a bigint";
  if (kind === "string") return "string, well-formed Unicode";
  if (kind === "bytes") return "bytes, a Uint8Array";
  if (kind === "timestamp") return "timestamp, a valid Date of the years 1 to 9999";
  if (kind === "decimal") return 'decimal, a string like "12.50"';
  return kind;
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !(value instanceof Date);
}
var INT32_MIN, INT32_MAX, INT64_MIN, INT64_MAX, DECIMAL, MIN_TIMESTAMP_MS, MAX_TIMESTAMP_MS, isWellFormed;
var init_explain = __esm({
  "core/explain.ts"() {
    "use strict";
    init_error();
    INT32_MIN = -2147483648;
    INT32_MAX = 2147483647;
    INT64_MIN = -(2n ** 63n);
    INT64_MAX = 2n ** 63n - 1n;
    DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?$/;
    MIN_TIMESTAMP_MS = -621355968e5;
    MAX_TIMESTAMP_MS = 253402300799999;
    isWellFormed = typeof String.prototype.isWellFormed === "function" ? (text) => text.isWellFormed() : (text) => !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
  }
});

// core/plain.ts
function plain(value, maxDepth, path = "") {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "undefined":
      return null;
    case "bigint":
      if (BigInt.asIntN(64, value) !== value) throw refuse(path, "a bigint of at most 64 bits", value);
      return value;
    case "object":
      break;
    default:
      throw refuse(path, "a value that can be carried", value);
  }
  if (value === null) return null;
  if (maxDepth <= 0) {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${path}: nested deeper than maxDepth; a cycle cannot be sent`
    });
  }
  if (Array.isArray(value)) return Array.from(value, (item, i) => plain(item, maxDepth - 1, `${path}[${i}]`));
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse(path, "a valid Date", value);
    return new Date(value.getTime());
  }
  const prototype = Object.getPrototypeOf(value);
  if (value instanceof Map || value instanceof Set || value instanceof Promise || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw refuse(path, `a plain object instead of a ${prototype?.constructor.name}`, value);
  }
  const copy = {};
  for (const key of Object.keys(value)) {
    const member2 = value[key];
    if (member2 !== void 0) setOwn(copy, key, plain(member2, maxDepth - 1, path === "" ? key : `${path}.${key}`));
  }
  return copy;
}
function setOwn(object, key, value) {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}
function refuse(path, expected, value) {
  const where = path === "" ? "the value" : path;
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${where}: expected ${expected}, got ${typeof value === "symbol" ? "a symbol" : show(value)}`
  });
}
var init_plain = __esm({
  "core/plain.ts"() {
    "use strict";
    init_error();
    init_explain();
  }
});

// transports/memory/error.ts
function crossError(error, declared) {
  const known = declared?.get(error.name);
  if (known) {
    try {
      return known.type.create(known.copy(error), error.message);
    } catch {
    }
  }
  const { code, message, metadata, retryable } = error;
  return new RpcError({ code, message, metadata: { ...metadata }, details: copyDetails(error.details), retryable });
}
function copyDetails(details) {
  if (details === void 0) return void 0;
  try {
    return plain(details, MAX_DEPTH);
  } catch {
    return void 0;
  }
}
var MAX_DEPTH;
var init_error2 = __esm({
  "transports/memory/error.ts"() {
    "use strict";
    init_error();
    init_plain();
    MAX_DEPTH = 64;
  }
});

// transports/memory/upstream.ts
var over, Upstream;
var init_upstream = __esm({
  "transports/memory/upstream.ts"() {
    "use strict";
    init_error();
    over = Object.freeze({ value: void 0, done: true });
    Upstream = class {
      #source;
      #cross;
      #failed;
      #iterator;
      #turn = Promise.resolve();
      #waiting;
      #ended = false;
      #error;
      /** `failed` is told when the caller's own stream fails: then the call itself does. */
      constructor(source, cross, failed) {
        if (typeof source?.[Symbol.asyncIterator] !== "function") {
          throw new RpcError({
            code: "INVALID_ARGUMENT",
            message: "expected an AsyncIterable; pass one as the argument"
          });
        }
        this.#source = source;
        this.#cross = cross;
        this.#failed = failed;
      }
      next() {
        const step = this.#turn.then(() => this.#pull());
        this.#turn = step.catch(() => {
        });
        return step;
      }
      async #pull() {
        if (this.#ended) return this.#end();
        this.#iterator ??= this.#source[Symbol.asyncIterator]();
        const stopped = new Promise((resolve2) => {
          this.#waiting = resolve2;
        }).then(() => void 0);
        try {
          const result = await Promise.race([this.#iterator.next(), stopped]);
          if (this.#ended || result === void 0) return this.#end();
          if (result.done) {
            this.#ended = true;
            return over;
          }
          return { value: this.#cross(result.value), done: false };
        } catch (thrown) {
          const error = RpcError.is(thrown) ? thrown : new RpcError({
            code: "CANCELLED",
            message: `the stream passed as an argument failed: ${String(thrown)}`,
            cause: thrown
          });
          this.#failed(error);
          this.end(new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" }));
          return this.#end();
        }
      }
      /** An error is told once, as by any iterator. */
      #end() {
        const error = this.#error;
        this.#error = void 0;
        if (error) throw error;
        return over;
      }
      /** The call is over: the caller's stream is told, and who reads here sees its end. */
      end(error) {
        if (this.#ended) return;
        this.#ended = true;
        this.#error = error;
        this.#waiting?.(error);
        void Promise.resolve(this.#iterator?.return?.()).catch(() => {
        });
      }
      async return() {
        this.end(void 0);
        return over;
      }
      [Symbol.asyncIterator]() {
        return this;
      }
    };
  }
});

// transports/memory/call.ts
function isPromise(value) {
  return typeof value === "object" && value !== null && typeof value.then === "function";
}
var MemoryCall;
var init_call = __esm({
  "transports/memory/call.ts"() {
    "use strict";
    init_error();
    init_incoming();
    init_error2();
    init_upstream();
    MemoryCall = class extends ServedCall {
      slot = 0;
      #connection;
      #operation;
      #outgoing;
      #args;
      #attached;
      #upstream;
      constructor(connection, operation, outgoing, args) {
        super(operation.origin, outgoing.metadata, outgoing.dueMs, connection.host.wheel);
        this.#connection = connection;
        this.#operation = operation;
        this.#outgoing = outgoing;
        this.#args = args;
      }
      /** Puts functions and streams, which are not copied, into the arguments. */
      prepare() {
        const { callbacks, streamParam } = this.#operation;
        const given = this.#outgoing.args;
        if (callbacks.length > 0) this.#attached = this.#connection.callbacks.attach(this, callbacks, given, this.#args);
        if (streamParam < 0) return;
        this.#connection.streamOpened();
        this.#upstream = new Upstream(given[streamParam], this.#operation.upstream, (error) => {
          this.#outgoing.abandon(error);
        });
        this.#args[streamParam] = this.#upstream;
      }
      run(now) {
        if (this.over) return;
        if (this.deadline !== void 0 && this.deadline <= now) {
          this.#close();
          this.#outgoing.expire();
          return;
        }
        if (this.#operation.oneway) return this.#runOneway();
        let result;
        try {
          result = this.#operation.served.invoke(this, this.#args);
        } catch (error) {
          this.#fail(error);
          return;
        }
        if (isPromise(result)) result.then(this.#reply, this.#fail);
        else this.#reply(result);
      }
      /** It has left when the server has it; what becomes of it nobody is told. */
      #runOneway() {
        this.#outgoing.succeed(void 0);
        try {
          const result = this.#operation.served.invoke(this, this.#args);
          if (isPromise(result)) {
            result.then(
              () => this.#close(),
              (error) => {
                this.#close();
                this.#connection.host.onError(error);
              }
            );
            return;
          }
        } catch (error) {
          this.#connection.host.onError(error);
        }
        this.#close();
      }
      #reply = (value) => {
        if (!this.#close()) return;
        let copy;
        try {
          copy = this.#operation.response(value);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          const message = `${this.method}: the handler's result cannot be sent: ${reason}`;
          this.#outgoing.fail(new RpcError({ code: "INTERNAL", message }));
          return;
        }
        if (this.replyMetadata !== void 0) this.#outgoing.replyMetadata = this.replyMetadata;
        this.#outgoing.succeed(copy);
      };
      #fail = (thrown) => {
        if (!this.#close()) return;
        if (!RpcError.is(thrown)) this.#connection.host.onError(thrown);
        this.#outgoing.fail(crossError(RpcError.from(thrown), this.#operation.errors));
      };
      /** False if it had ended already. */
      #close() {
        if (this.over) return false;
        this.finish();
        this.#connection.leave(this);
        this.#detach(void 0);
        return true;
      }
      #detach(error) {
        if (this.#attached) this.#connection.callbacks.detach(this.#attached);
        if (this.#upstream === void 0) return;
        this.#upstream.end(error);
        this.#upstream = void 0;
        this.#connection.streamClosed();
      }
      /** The caller no longer waits. The handler hears of it in a turn of its own. */
      cancel() {
        this.#connection.later(() => {
          if (this.over) return;
          const reason = new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
          this.#connection.leave(this);
          this.abort(reason);
          this.#detach(reason);
        });
      }
      lost(error, atServer) {
        if (this.over) return;
        this.abort(atServer);
        this.#detach(atServer);
        const unknown = this.#outgoing.method.idempotent ? "" : "; outcome unknown: it may or may not have been done";
        this.#outgoing.fail(
          new RpcError({
            code: error.code,
            message: `the connection was lost while the call was in progress (${error.message})${unknown}`,
            cause: error
          })
        );
      }
    };
  }
});

// core/callback.ts
var HANDLE;
var init_callback = __esm({
  "core/callback.ts"() {
    "use strict";
    HANDLE = /* @__PURE__ */ Symbol.for("trunkline.callback");
  }
});

// core/outgoing.ts
var OutgoingCall;
var init_outgoing = __esm({
  "core/outgoing.ts"() {
    "use strict";
    init_error();
    init_metadata();
    OutgoingCall = class {
      method;
      args;
      promise;
      metadata = emptyMetadata;
      replyMetadata = emptyMetadata;
      signal = void 0;
      /** True from the moment bytes may have left: a call whose connection dies after that has an unknown outcome. */
      sent = false;
      attempts = 0;
      /** Set by the transport that holds the call. */
      carrier = void 0;
      /** For the transport's use: the number of the call on its connection. */
      callId = 0;
      settled = false;
      /** All of its time, while none has passed: until the call has to wait or is sent again. */
      timeoutMs = void 0;
      dueMs = 0;
      previous = void 0;
      next = void 0;
      #sender;
      #wheel;
      #resolve;
      #reject;
      constructor(sender, wheel, method, args) {
        this.#sender = sender;
        this.#wheel = wheel;
        this.method = method;
        this.args = args;
        this.promise = new Promise((resolve2, reject) => {
          this.#resolve = resolve2;
          this.#reject = reject;
        });
      }
      /** Starts the clock: the call has `timeoutMs` from `now`. */
      startDeadline(now, timeoutMs) {
        this.timeoutMs = timeoutMs;
        this.dueMs = now + timeoutMs;
        this.#wheel.add(this);
      }
      succeed(value) {
        if (this.settled) return;
        this.#settle();
        this.#resolve(value);
      }
      /** Ends the attempt; the sender may try elsewhere. */
      fail(error) {
        if (this.settled) return;
        this.carrier = void 0;
        this.timeoutMs = void 0;
        if (this.#sender.retry(this, error)) return;
        this.#settle();
        this.#reject(error);
      }
      /** Ends the call now, whatever the transport does: the caller or the clock gave up. */
      abandon(error) {
        if (this.settled) return;
        const carrier = this.carrier;
        this.#settle();
        carrier?.cancel(this);
        this.#reject(error);
      }
      expire() {
        this.dueMs = 0;
        const unknown = this.sent && !this.method.idempotent ? "; the outcome is unknown, because it had been sent" : "";
        this.abandon(
          new RpcError({
            code: "DEADLINE_EXCEEDED",
            message: `${this.method.name}: no reply before the deadline${unknown}; raise timeoutMs if the work needs longer`,
            details: unknown === "" ? void 0 : { outcome: "unknown" }
          })
        );
      }
      #settle() {
        this.settled = true;
        if (this.dueMs !== 0) this.#wheel.remove(this);
        this.carrier = void 0;
        this.#sender.settled(this);
      }
    };
  }
});

// transports/memory/callback.ts
var DEFAULT_TIMEOUT_MS, once, CallbackShelf, methodShape;
var init_callback2 = __esm({
  "transports/memory/callback.ts"() {
    "use strict";
    init_callback();
    init_error();
    init_outgoing();
    init_error2();
    DEFAULT_TIMEOUT_MS = 3e4;
    once = { retry: () => false, settled: () => {
    } };
    CallbackShelf = class {
      #host;
      #max;
      #count = 0;
      #pending = /* @__PURE__ */ new Set();
      #lost;
      constructor(host, max) {
        this.#host = host;
        this.#max = max;
      }
      /** Puts functions that call into the caller where its own stood among the arguments. */
      attach(owner, callbacks, given, args) {
        for (const { descriptor } of callbacks) {
          if (typeof given[descriptor.position] !== "function") {
            const message = `${descriptor.name}: expected a function, got ${typeof given[descriptor.position]}`;
            throw new RpcError({ code: "INVALID_ARGUMENT", message });
          }
        }
        const [first] = callbacks;
        if (first && this.#count + callbacks.length > this.#max) {
          const message = `${first.descriptor.name}: maxCallbacks (${this.#max}) functions are handed over on this connection; release some`;
          throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
        }
        return callbacks.map((callback2) => {
          const { position } = callback2.descriptor;
          const state = { open: true, retained: false };
          this.#count++;
          args[position] = this.#functionOf(callback2, given[position], state, owner);
          return state;
        });
      }
      /** The call has ended: what was not retained is released. */
      detach(attached) {
        for (const state of attached) if (!state.retained) this.#release(state);
      }
      #release(state) {
        if (!state.open) return;
        state.open = false;
        this.#count--;
      }
      #functionOf(callback2, target, state, owner) {
        const { name } = callback2.descriptor;
        const invoke = (...args) => {
          const call = new OutgoingCall(once, this.#host.wheel, { ...methodShape, name }, args);
          if (this.#lost) call.fail(this.#lost);
          else if (!state.open) {
            const message = `${name}: the callback was released: its call has ended; use retain(callback) in the handler to keep it`;
            call.fail(new RpcError({ code: "FAILED_PRECONDITION", message }));
          } else this.#invoke(call, callback2, target, owner.over ? void 0 : owner.deadline);
          return call.promise;
        };
        const handle = {
          retain: () => {
            if (state.open) state.retained = true;
          },
          release: () => this.#release(state)
        };
        return Object.defineProperty(invoke, HANDLE, { value: handle });
      }
      #invoke(call, callback2, target, deadline) {
        let args;
        try {
          args = callback2.request(call.args);
        } catch (error) {
          call.fail(RpcError.from(error, "the callback's arguments could not be encoded"));
          return;
        }
        const now = this.#host.platform.now();
        call.sent = true;
        call.startDeadline(now, deadline === void 0 ? DEFAULT_TIMEOUT_MS : Math.max(1, deadline - now));
        this.#pending.add(call);
        void this.#run(call, callback2, target, args).finally(() => this.#pending.delete(call));
      }
      async #run(call, callback2, target, args) {
        await void 0;
        let result;
        try {
          result = await target(...args);
        } catch (error) {
          call.fail(
            crossError(RpcError.from(error, "the callback failed; its error is on the side that passed it"), void 0)
          );
          return;
        }
        try {
          call.succeed(callback2.response(result));
        } catch (error) {
          call.fail(crossError(RpcError.from(error, "the callback's result could not be encoded"), void 0));
        }
      }
      lost(error) {
        this.#lost = error;
        for (const call of [...this.#pending]) call.fail(error);
        this.#pending.clear();
      }
    };
    methodShape = Object.freeze({
      name: "callback",
      index: 0,
      kind: "unary",
      params: Object.freeze([]),
      request: void 0,
      response: void 0,
      bareRequest: false,
      bareResponse: false,
      streamParam: -1,
      upstream: void 0,
      callbacks: Object.freeze([]),
      throws: Object.freeze([]),
      idempotent: false,
      untyped: false,
      topic: void 0
    });
  }
});

// transports/memory/stream.ts
var over2, MemoryStream, MemoryReader;
var init_stream = __esm({
  "transports/memory/stream.ts"() {
    "use strict";
    init_error();
    init_incoming();
    init_error2();
    init_upstream();
    over2 = Object.freeze({ value: void 0, done: true });
    MemoryStream = class extends ServedCall {
      slot = 0;
      #connection;
      #operation;
      #request;
      #args;
      #readers = [];
      #source;
      #pulling = false;
      #error;
      #toldMetadata = false;
      #attached;
      #upstream;
      constructor(connection, operation, request, args) {
        super(operation.origin, request.metadata, request.deadline, connection.host.wheel);
        this.#connection = connection;
        this.#operation = operation;
        this.#request = request;
        this.#args = args;
      }
      prepare() {
        const { callbacks, streamParam } = this.#operation;
        const given = this.#request.args;
        if (callbacks.length > 0) this.#attached = this.#connection.callbacks.attach(this, callbacks, given, this.#args);
        if (streamParam >= 0) {
          this.#upstream = new Upstream(given[streamParam], this.#operation.upstream, (error) => this.#end(error));
          this.#args[streamParam] = this.#upstream;
        }
        this.#connection.streamOpened();
      }
      run() {
        void this.#start();
      }
      async #start() {
        if (this.over) return;
        try {
          const source = await this.#operation.served.invoke(this, this.#args);
          if (typeof source?.[Symbol.asyncIterator] !== "function") {
            const message = "expected an AsyncIterable; return one from the handler, or pass one as the argument";
            throw new RpcError({ code: "INTERNAL", message });
          }
          this.#source = source[Symbol.asyncIterator]();
          if (this.over) this.#stopSource();
          else this.#pull();
        } catch (error) {
          this.#fail(error);
        }
      }
      read() {
        return new Promise((resolve2, reject) => {
          if (this.over) this.#answer({ resolve: resolve2, reject });
          else {
            this.#readers.push({ resolve: resolve2, reject });
            this.#pull();
          }
        });
      }
      #pull() {
        if (this.#pulling || this.#source === void 0 || this.#readers.length === 0) return;
        this.#pulling = true;
        this.#source.next().then(this.#onItem, this.#fail);
      }
      #onItem = (step) => {
        this.#pulling = false;
        if (this.over) return;
        this.#tellMetadata();
        if (step.done) return this.#end(void 0);
        let value;
        try {
          value = this.#operation.response(step.value);
        } catch (error) {
          this.#fail(error);
          this.#stopSource();
          return;
        }
        this.#readers.shift()?.resolve({ value, done: false });
        this.#pull();
      };
      #tellMetadata() {
        if (this.#toldMetadata || this.replyMetadata === void 0) return;
        this.#toldMetadata = true;
        this.#request.onReplyMetadata?.(this.replyMetadata);
      }
      #fail = (thrown) => {
        if (this.over) return;
        if (!RpcError.is(thrown)) this.#connection.host.onError(thrown);
        this.#end(crossError(RpcError.from(thrown), this.#operation.errors));
      };
      /** The last item has been handed over, or an error ends both sides. */
      #end(error) {
        if (this.over) return;
        this.finish();
        this.#connection.leave(this);
        this.#detach(error);
        this.#finishReaders(error);
      }
      #detach(error) {
        if (this.#attached) this.#connection.callbacks.detach(this.#attached);
        this.#upstream?.end(error);
        this.#connection.streamClosed();
      }
      #finishReaders(error) {
        this.#error = error;
        for (const reader of this.#readers.splice(0)) this.#answer(reader);
      }
      /** The error is told once, as by any iterator. */
      #answer({ resolve: resolve2, reject }) {
        const error = this.#error;
        this.#error = void 0;
        if (error) reject(error);
        else resolve2(over2);
      }
      /** The caller reads no more: the handler's signal is aborted and its iterator is told. */
      cancel() {
        this.#stop(new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" }), void 0);
      }
      lost(error, atServer) {
        this.#stop(atServer, error, true);
      }
      #stop(reason, told, gone = false) {
        if (this.over) return;
        if (!gone) this.#connection.leave(this);
        this.finish();
        this.#detach(reason);
        this.#finishReaders(told);
        this.#connection.later(() => {
          this.abort(reason);
          this.#stopSource();
        });
      }
      #stopSource() {
        const stopped = this.#source?.return?.();
        if (stopped !== void 0) Promise.resolve(stopped).catch(this.#connection.host.onError);
      }
    };
    MemoryReader = class {
      #stream;
      constructor(stream2) {
        this.#stream = stream2;
      }
      next() {
        return this.#stream.read();
      }
      return() {
        this.#stream.cancel();
        return Promise.resolve(over2);
      }
      [Symbol.asyncIterator]() {
        return this;
      }
    };
  }
});

// transports/memory/connection.ts
function closedByOther() {
  return new RpcError({ code: "UNAVAILABLE", message: "the other side closed the connection" });
}
function exhausted(limit, value) {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `the connection is at its limit ${limit} (${value}); wait for replies, add connections, or raise the limit`,
    retryable: true
  });
}
var turn, MemoryConnection;
var init_connection = __esm({
  "transports/memory/connection.ts"() {
    "use strict";
    init_error();
    init_call();
    init_callback2();
    init_stream();
    turn = Promise.resolve();
    MemoryConnection = class {
      host;
      callbacks;
      draining = false;
      closed = false;
      #listener;
      #environment;
      #user;
      #maxPendingCalls;
      #active = [];
      #free = [];
      #pending = 0;
      #streams = 0;
      #queue = [];
      #emptied = [];
      #scheduled = false;
      #identity;
      #stopHandshake;
      constructor(listener, environment, limits, user) {
        this.#listener = listener;
        this.host = listener.host;
        this.#environment = environment;
        this.#user = user;
        this.#maxPendingCalls = Math.min(limits.maxPendingCalls, listener.options.limits.maxPendingCalls);
        this.callbacks = new CallbackShelf(this.host, Math.min(limits.maxCallbacks, listener.options.limits.maxCallbacks));
      }
      get instance() {
        return this.host.instance;
      }
      get pending() {
        return this.#pending;
      }
      get isolate() {
        return this.#listener.options.isolate;
      }
      /** Who calls, as handlers see it; known once the server has looked at the credentials. */
      get peer() {
        return Object.freeze({ address: "memory", identity: this.#identity });
      }
      /** The handshake: the server looks at the credentials, which reach it as they would over a wire. */
      open() {
        const refused = this.#listener.accept(this);
        if (refused) return this.#end(refused, refused);
        const { handshakeTimeoutMs } = this.#listener.options.limits;
        this.#stopHandshake = this.host.platform.schedule(
          handshakeTimeoutMs,
          () => this.refuse(
            new RpcError({ code: "UNAVAILABLE", message: "no handshake within handshakeTimeoutMs", retryable: true })
          )
        );
        const given = this.#environment.credentials();
        const credentials = given === void 0 ? void 0 : JSON.parse(JSON.stringify(given));
        this.host.authenticate(credentials, { address: "memory", identity: void 0 }).then(
          (identity2) => {
            if (this.closed) return;
            this.#stopHandshake?.();
            this.#identity = identity2;
            if (this.draining) this.#finishIfIdle();
            else this.#user.onReady(this);
          },
          (error) => {
            const message = RpcError.is(error) ? error.message : "the server refused the credentials";
            this.refuse(new RpcError({ code: "UNAUTHENTICATED", message }));
          }
        );
      }
      /** Throws where the arguments do not fit, having sent nothing. */
      send(call, operation) {
        if (this.#pending >= this.#maxPendingCalls) throw exhausted("maxPendingCalls", this.#maxPendingCalls);
        if (operation.streamParam >= 0) this.#checkStreams();
        const served = new MemoryCall(this, operation, call, operation.request(call.args));
        if (!operation.plain) served.prepare();
        call.sent = true;
        if (!operation.oneway) call.carrier = served;
        this.#enter(served);
      }
      openStream(request, operation) {
        if (this.#pending >= this.#maxPendingCalls) throw exhausted("maxPendingCalls", this.#maxPendingCalls);
        this.#checkStreams();
        const stream2 = new MemoryStream(this, operation, request, operation.request(request.args));
        stream2.prepare();
        this.#enter(stream2);
        return new MemoryReader(stream2);
      }
      #checkStreams() {
        const { maxStreams } = this.#listener.options.limits;
        if (this.#streams >= maxStreams) throw exhausted("maxStreams", maxStreams);
      }
      #enter(active) {
        active.slot = this.#free.pop() ?? this.#active.length;
        this.#active[active.slot] = active;
        this.#pending++;
        this.#queue.push(active);
        if (this.#scheduled) return;
        this.#scheduled = true;
        turn.then(this.#deliver);
      }
      #deliver = () => {
        this.#scheduled = false;
        const queue = this.#queue;
        this.#queue = this.#emptied;
        const now = this.host.platform.now();
        for (let i = 0; i < queue.length; i++) queue[i].run(now);
        queue.length = 0;
        this.#emptied = queue;
      };
      streamOpened() {
        this.#streams++;
      }
      streamClosed() {
        this.#streams--;
      }
      /** Its outcome is known. */
      leave(active) {
        this.#active[active.slot] = void 0;
        this.#free.push(active.slot);
        this.#pending--;
        if (this.draining && this.#pending === 0) this.host.platform.afterTurn(() => this.#finishIfIdle());
      }
      /** Runs a task that no call waits for, at the end of the turn. */
      later(task) {
        this.host.platform.afterTurn(task);
      }
      goaway() {
        this.draining = true;
        this.#user.onGoaway(this);
        this.#finishIfIdle();
      }
      /** The client makes no new calls. */
      drain() {
        this.draining = true;
        this.#finishIfIdle();
      }
      #finishIfIdle() {
        if (!this.draining || this.#pending > 0 || this.closed) return;
        const error = new RpcError({ code: "UNAVAILABLE", message: "the connection was closed", retryable: true });
        this.#end(error, error);
      }
      /** The server ends the handshake, and says why. */
      refuse(error) {
        this.#end(error, error);
      }
      cutByClient(error) {
        this.#end(error, closedByOther());
      }
      cutByServer(error) {
        this.#end(closedByOther(), error);
      }
      #end(atClient, atServer) {
        if (this.closed) return;
        this.closed = true;
        this.draining = true;
        this.#stopHandshake?.();
        this.callbacks.lost(atServer);
        const active = this.#active.splice(0);
        this.#pending = 0;
        this.#listener.lost(this);
        this.#user.onLost(this, atClient);
        for (const one of active) one?.lost(atClient, atServer);
      }
    };
  }
});

// transports/memory/listeners.ts
function network() {
  const holder = globalThis;
  holder[NETWORK] ??= /* @__PURE__ */ new Map();
  return holder[NETWORK];
}
function listenerOf(name) {
  return network().get(name);
}
function addListener(name, listener) {
  if (network().has(name)) return false;
  network().set(name, listener);
  return true;
}
function removeListener(name, listener) {
  if (network().get(name) === listener) network().delete(name);
}
var NETWORK;
var init_listeners = __esm({
  "transports/memory/listeners.ts"() {
    "use strict";
    NETWORK = /* @__PURE__ */ Symbol.for("trunkline.memory.listeners");
  }
});

// core/compat.ts
function checkReadable(writer, reader, path, seen = /* @__PURE__ */ new Map()) {
  if (writer === reader || seen.get(writer)?.has(reader)) return;
  seen.set(writer, (seen.get(writer) ?? /* @__PURE__ */ new Set()).add(reader));
  if (writer.kind !== reader.kind) {
    if (widenings[writer.kind]?.includes(reader.kind)) return;
    throw incompatible(path, `one side has ${writer.kind}, the other ${reader.kind}`);
  }
  switch (reader.kind) {
    case "list":
      return checkReadable(writer.item, reader.item, `${path}[]`, seen);
    case "map":
      return checkReadable(writer.value, reader.value, `${path}[]`, seen);
    case "struct":
      for (const field2 of reader.fields) {
        const written = writer.fields.find((one) => one.name === field2.name);
        if (written !== void 0) checkReadable(written.type, field2.type, `${path}.${field2.name}`, seen);
        else if (!field2.optional && field2.defaultValue === void 0 && (field2.type.kind === "struct" || field2.type.kind === "union")) {
          throw incompatible(
            `${path}.${field2.name}`,
            "the other side has no such field, and it is neither optional nor has a default"
          );
        }
      }
      return;
    case "union":
      for (const field2 of reader.fields) {
        const written = writer.fields.find((one) => one.name === field2.name);
        if (written !== void 0) checkReadable(written.type, field2.type, `${path}.${field2.name}`, seen);
      }
      return;
    default:
  }
}
function incompatible(path, why) {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `the contracts of client and server do not fit: ${path}: ${why}; make the field optional, give it a default, or deploy both sides`
  });
}
var widenings;
var init_compat = __esm({
  "core/compat.ts"() {
    "use strict";
    init_error();
    widenings = {
      int32: ["int53", "int64", "float64"],
      int53: ["int64", "float64"],
      int64: ["int53"],
      float32: ["float64"]
    };
  }
});

// core/contract.ts
function field(name, number, type, optional = false) {
  return Object.freeze({ name, number, type, optional, defaultValue: void 0 });
}
function struct(name, fields) {
  return Object.freeze({ kind: "struct", name, fields: Object.freeze(fields) });
}
var ANY, untypedRequest, untypedResponse;
var init_contract = __esm({
  "core/contract.ts"() {
    "use strict";
    ANY = Object.freeze({ kind: "any" });
    untypedRequest = struct("trunkline.Arguments", [
      field("args", 1, Object.freeze({ kind: "list", item: ANY }))
    ]);
    untypedResponse = struct("trunkline.Result", [field("result", 1, ANY, true)]);
  }
});

// core/byte-copy.ts
function copyBytes(bytes, start, end) {
  if (native === void 0 || end - start >= POOLED_BYTES) return new Uint8Array(bytes.subarray(start, end));
  const copy = native.from(bytes.subarray(start, end));
  return new Uint8Array(copy.buffer, copy.byteOffset, copy.length);
}
var native, POOLED_BYTES;
var init_byte_copy = __esm({
  "core/byte-copy.ts"() {
    "use strict";
    native = globalThis.Buffer;
    POOLED_BYTES = 4096;
  }
});

// core/check.ts
function misfitCondition(source, type, x) {
  switch (type.kind) {
    case "any":
      return "false";
    case "bool":
      return `typeof ${x} !== "boolean"`;
    case "int32":
      return `typeof ${x} !== "number" || (${x} | 0) !== ${x}`;
    case "int53":
      return `!Number.isSafeInteger(${x})`;
    case "int64":
      return `typeof ${x} !== "bigint" || BigInt.asIntN(64, ${x}) !== ${x}`;
    case "float32":
      return `typeof ${x} !== "number" || (${x} - ${x} === 0 && Math.abs(Math.fround(${x})) === Infinity)`;
    case "float64":
      return `typeof ${x} !== "number"`;
    case "string":
      return `typeof ${x} !== "string"`;
    case "decimal":
      return `typeof ${x} !== "string" || !${source.constant("DECIMAL", DECIMAL)}.test(${x})`;
    case "bytes":
      return `!(${x} instanceof Uint8Array)`;
    case "timestamp":
      return `!(${x} instanceof Date) || !(${x}.getTime() >= ${MIN_TIMESTAMP_MS} && ${x}.getTime() <= ${MAX_TIMESTAMP_MS})`;
    case "enum":
      return type.members.length <= 8 ? type.members.map((one) => `${x} !== ${JSON.stringify(one)}`).join(" && ") : `!${source.constant("MEMBERS", new Set(type.members))}.has(${x})`;
  }
}
function recordCondition(source, fields, x) {
  const proven = fields.some(
    (field2) => !field2.optional && field2.defaultValue === void 0 && field2.type.kind !== "any" && !AMBIGUOUS.has(field2.name) && !(field2.name in Object.prototype)
  );
  if (proven) return `typeof ${x} !== "object" || ${x} === null`;
  return `typeof ${x} !== "object" || !${source.constant("isRecord", plainRecord)}(${x})`;
}
function plainRecord(value) {
  return value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !(value instanceof Date);
}
function zero(type) {
  switch (type.kind) {
    case "bool":
      return false;
    case "int32":
    case "int53":
    case "float32":
    case "float64":
      return 0;
    case "int64":
      return 0n;
    case "decimal":
      return "0";
    case "string":
      return "";
    case "bytes":
      return new Uint8Array(0);
    case "timestamp":
      return /* @__PURE__ */ new Date(0);
    case "any":
      return null;
    case "list":
      return [];
    case "map":
      return {};
    case "enum":
      return type.members[0];
    default:
      return void 0;
  }
}
function absentCode(source, field2, copyDefault) {
  const value = field2.defaultValue ?? zero(field2.type);
  switch (typeof value) {
    case "undefined":
      return void 0;
    case "boolean":
      return String(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "string":
      return JSON.stringify(value);
    default:
      if (field2.defaultValue !== void 0) return `${source.constant("make", copyDefault(field2))}()`;
      if (value === null) return "null";
      if (Array.isArray(value)) return "[]";
      if (value instanceof Uint8Array) return "new Uint8Array(0)";
      return value instanceof Date ? "new Date(0)" : "{}";
  }
}
var AMBIGUOUS;
var init_check = __esm({
  "core/check.ts"() {
    "use strict";
    init_explain();
    AMBIGUOUS = /* @__PURE__ */ new Set(["length", "byteLength", "byteOffset", "buffer", "BYTES_PER_ELEMENT"]);
  }
});

// core/source.ts
function member(object, name) {
  return `${object}.${safeName(name)}`;
}
function safeName(name) {
  if (!SAFE_NAME.test(name) || name === "__proto__") throw new TypeError(`${JSON.stringify(name)} cannot become code`);
  return name;
}
function reaches(from, target, seen) {
  for (const child of children(from)) {
    if (child === target) return true;
    if (seen.has(child)) continue;
    seen.add(child);
    if (reaches(child, target, seen)) return true;
  }
  return false;
}
function children(type) {
  switch (type.kind) {
    case "list":
      return [type.item];
    case "map":
      return [type.value];
    case "struct":
    case "union":
      return type.fields.map((field2) => field2.type);
    default:
      return [];
  }
}
var SAFE_NAME, MAX_INLINE_NODES, Source, Shape;
var init_source = __esm({
  "core/source.ts"() {
    "use strict";
    SAFE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
    MAX_INLINE_NODES = 48;
    Source = class {
      #names = [];
      #values = [];
      #known = /* @__PURE__ */ new Map();
      #functions = [];
      #lines = [];
      #count = 0;
      /** A new local name. */
      local(hint) {
        this.#count++;
        return `${hint}${this.#count}`;
      }
      /** The name under which the code sees `value`. */
      constant(hint, value) {
        const known = this.#known.get(value);
        if (known !== void 0) return known;
        const name = this.local(`${hint}_`);
        this.#known.set(value, name);
        this.#names.push(name);
        this.#values.push(value);
        return name;
      }
      line(code) {
        this.#lines.push(code);
      }
      /** A line that is known only later: what `code` gives when the function is finished. */
      later(code) {
        this.#lines.push(code);
      }
      /** Writes a function aside; `body` writes its lines. */
      function(name, params, body) {
        const outer = this.#lines;
        this.#lines = [];
        body();
        const lines = this.#lines.map((line) => typeof line === "function" ? line() : line);
        this.#functions.push(`function ${name}(${params}) {
${lines.join("\n")}
}`);
        this.#lines = outer;
      }
      /** Compiles all functions and returns the one called `name`. */
      compile(name) {
        const code = `"use strict";
${this.#functions.join("\n")}
return ${name};`;
        return new Function(...this.#names, code)(...this.#values);
      }
    };
    Shape = class {
      #sizes = /* @__PURE__ */ new WeakMap();
      #recursive = /* @__PURE__ */ new WeakMap();
      /** True where a struct or union is written into the code of its owner. */
      inlines(type) {
        return !this.recursive(type) && this.size(type) <= MAX_INLINE_NODES;
      }
      recursive(type) {
        let known = this.#recursive.get(type);
        if (known === void 0) {
          known = reaches(type, type, /* @__PURE__ */ new Set());
          this.#recursive.set(type, known);
        }
        return known;
      }
      /** Nodes of the unfolded type; infinite where it contains recursion. */
      size(type) {
        const known = this.#sizes.get(type);
        if (known !== void 0) return known;
        this.#sizes.set(type, Number.POSITIVE_INFINITY);
        let size = 1;
        for (const child of children(type)) size += this.size(child);
        this.#sizes.set(type, size);
        return size;
      }
    };
  }
});

// core/literal.ts
function structLiteral(source, target, fields, values) {
  const optional = fields.filter((field2) => field2.optional);
  const combined = optional.slice(0, MAX_COMBINED);
  const rest = optional.slice(MAX_COMBINED);
  const write = (present) => {
    const members = fields.flatMap((field2, i) => {
      if (rest.includes(field2) || field2.optional && !present.has(field2)) return [];
      return [`${safeName(field2.name)}: ${values[i]}`];
    });
    return `{ ${members.join(", ")} }`;
  };
  const choose = (index, present) => {
    const field2 = combined[index];
    if (field2 === void 0) return write(present);
    const local = values[fields.indexOf(field2)];
    return `${local} === undefined ? ${choose(index + 1, present)} : ${choose(index + 1, /* @__PURE__ */ new Set([...present, field2]))}`;
  };
  source.line(`${target} = ${choose(0, /* @__PURE__ */ new Set())};`);
  for (const field2 of rest) {
    const local = values[fields.indexOf(field2)];
    source.line(`if (${local} !== undefined) ${target}.${safeName(field2.name)} = ${local};`);
  }
}
var MAX_COMBINED;
var init_literal = __esm({
  "core/literal.ts"() {
    "use strict";
    init_source();
    MAX_COMBINED = 3;
  }
});

// core/misfit.ts
function refuse2(type, value, thrown, maxDepth) {
  if (RpcError.is(thrown)) return thrown;
  const error = explain(type, value, "", maxDepth);
  if (error !== void 0 || thrown !== MISFIT) return error ?? thrown;
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: "the value nests deeper than maxDepth, or changed while it was read"
  });
}
function within(outer, thrown) {
  if (thrown instanceof Misfit && outer !== "") {
    thrown.path = thrown.path === "" || thrown.path[0] === "[" ? outer + thrown.path : `${outer}.${thrown.path}`;
  }
  return thrown;
}
function keyStep(key) {
  return `[${show(key)}]`;
}
var MISFIT, Misfit;
var init_misfit = __esm({
  "core/misfit.ts"() {
    "use strict";
    init_error();
    init_explain();
    MISFIT = Object.freeze({ misfit: true });
    Misfit = class {
      path;
      expected;
      value;
      constructor(path, expected, value) {
        this.path = path;
        this.expected = expected;
        this.value = value;
      }
      toError() {
        return mismatch(this.path, this.expected, this.value);
      }
    };
  }
});

// core/unicode.ts
var LONE_SURROGATE, isWellFormed2;
var init_unicode = __esm({
  "core/unicode.ts"() {
    "use strict";
    LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
    isWellFormed2 = "isWellFormed" in String.prototype ? (text) => text.isWellFormed() : (text) => !LONE_SURROGATE.test(text);
  }
});

// core/copy.ts
function compileCopy(type, maxDepth = 64) {
  const copy = new CopySource().compileRoot(type);
  return (value) => {
    try {
      return copy(value, maxDepth);
    } catch (thrown) {
      throw refuse2(type, value, thrown, maxDepth);
    }
  };
}
var CopySource;
var init_copy = __esm({
  "core/copy.ts"() {
    "use strict";
    init_byte_copy();
    init_check();
    init_literal();
    init_misfit();
    init_plain();
    init_source();
    init_unicode();
    CopySource = class {
      #source = new Source();
      #shape = new Shape();
      #functions = /* @__PURE__ */ new Map();
      compileRoot(type) {
        return this.#source.compile(this.#functionOf(type));
      }
      #functionOf(type) {
        const known = this.#functions.get(type);
        if (known !== void 0) return known;
        const name = this.#source.local("copy");
        this.#functions.set(type, name);
        this.#source.function(name, "v, d", () => {
          if (this.#shape.recursive(type)) this.#source.line(`if (d < 0) throw ${this.#misfit()};`);
          this.#source.line("let r;");
          this.#into("r", type, "v", 0);
          this.#source.line("return r;");
        });
        return name;
      }
      #misfit() {
        return this.#source.constant("MISFIT", MISFIT);
      }
      /** The copy of a part of the value: a function of its own for large or recursive types, else in place. */
      #part(target, type, x, depth) {
        const apart = (type.kind === "struct" || type.kind === "union") && !this.#shape.inlines(type);
        if (apart) this.#source.line(`${target} = ${this.#functionOf(type)}(${x}, d - ${depth});`);
        else this.#into(target, type, x, depth);
      }
      #into(target, type, x, depth) {
        const source = this.#source;
        switch (type.kind) {
          case "struct":
            this.#struct(target, type, x, depth);
            return;
          case "union":
            this.#union(target, type, x, depth);
            return;
          case "list": {
            const [i, one, copy] = [source.local("i"), source.local("v"), source.local("r")];
            source.line(`if (!Array.isArray(${x})) throw ${this.#misfit()};`);
            source.line(`${target} = [];`);
            source.line(`for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}]; let ${copy};`);
            this.#part(copy, type.item, one, depth + 1);
            source.line(`${target}.push(${copy}); }`);
            return;
          }
          case "map": {
            const [key, one, copy] = [source.local("k"), source.local("v"), source.local("r")];
            source.line(`if (${recordCondition(source, [], x)}) throw ${this.#misfit()};`);
            source.line(`${target} = {};`);
            source.line(`for (const ${key} of Object.keys(${x})) { const ${one} = ${x}[${key}]; let ${copy};`);
            source.line(`if (!${source.constant("isWellFormed", isWellFormed2)}(${key})) throw ${this.#misfit()};`);
            this.#part(copy, type.value, one, depth + 1);
            source.line(
              `if (${key} === "__proto__") ${source.constant("setOwn", setOwn)}(${target}, ${key}, ${copy}); else ${target}[${key}] = ${copy}; }`
            );
            return;
          }
          case "any":
            source.line(`${target} = ${source.constant("plain", plain)}(${x}, d - ${depth});`);
            return;
          default:
        }
        source.line(`if (${misfitCondition(source, type, x)}) throw ${this.#misfit()};`);
        switch (type.kind) {
          case "string":
            source.line(`if (!${source.constant("isWellFormed", isWellFormed2)}(${x})) throw ${this.#misfit()};`);
            source.line(`${target} = ${x};`);
            return;
          case "bytes":
            source.line(`${target} = ${source.constant("copyBytes", copyBytes)}(${x}, 0, ${x}.length);`);
            return;
          case "timestamp":
            source.line(`${target} = new Date(${x}.getTime());`);
            return;
          case "float32":
            source.line(`${target} = Math.fround(${x});`);
            return;
          case "int32":
          case "int53":
            source.line(`${target} = ${x} + 0;`);
            return;
          default:
            source.line(`${target} = ${x};`);
        }
      }
      #struct(target, type, x, depth) {
        const source = this.#source;
        source.line(`if (${recordCondition(source, type.fields, x)}) throw ${this.#misfit()};`);
        const values = type.fields.map((field2) => {
          const [value, copy] = [source.local("v"), source.local("r")];
          source.line(`const ${value} = ${member(x, field2.name)}; let ${copy};`);
          const mayLack = field2.optional || field2.defaultValue !== void 0;
          if (mayLack) source.line(`if (${value} !== undefined) {`);
          this.#part(copy, field2.type, value, depth + 1);
          if (mayLack) {
            const absent = field2.optional ? void 0 : absentCode(source, field2, (one) => this.#defaultCopy(one.type, one.defaultValue));
            source.line(absent === void 0 ? "}" : `} else ${copy} = ${absent};`);
          }
          return copy;
        });
        structLiteral(source, target, type.fields, values);
      }
      #defaultCopy(type, value) {
        const copy = compileCopy(type);
        return () => copy(value);
      }
      #union(target, type, x, depth) {
        const source = this.#source;
        const [value, copy] = [source.local("v"), source.local("r")];
        source.line(`if (typeof ${x} !== "object" || ${x} === null) throw ${this.#misfit()};`);
        source.line(`const ${value} = ${x}.value; let ${copy};`);
        source.line(`switch (${x}.kind) {`);
        for (const field2 of type.fields) {
          const name = JSON.stringify(field2.name);
          source.line(`case ${name}: {`);
          this.#part(copy, field2.type, value, depth + 1);
          source.line(`${target} = { kind: ${name}, value: ${copy} }; break; }`);
        }
        source.line(`default: throw ${this.#misfit()}; }`);
      }
    };
  }
});

// core/text.ts
var native2, encoder, decoder, allocate, proto, writeUtf8, readUtf8, readLatin1;
var init_text = __esm({
  "core/text.ts"() {
    "use strict";
    native2 = globalThis.Buffer;
    encoder = new TextEncoder();
    decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    allocate = native2?.allocUnsafeSlow.bind(native2) ?? ((size) => new Uint8Array(size));
    proto = native2?.prototype;
    writeUtf8 = proto?.utf8Write === void 0 ? (buffer, text, position) => encoder.encodeInto(text, buffer.subarray(position)).written : (buffer, text, position) => proto.utf8Write.call(buffer, text, position);
    readUtf8 = proto === void 0 ? (buffer, start, end) => decoder.decode(buffer.subarray(start, end)) : (buffer, start, end) => proto.utf8Slice.call(buffer, start, end);
    readLatin1 = proto === void 0 ? (buffer, start, end) => {
      let text = "";
      for (let i = start; i < end; i++) text += String.fromCharCode(buffer[i]);
      return text;
    } : (buffer, start, end) => proto.latin1Slice.call(buffer, start, end);
  }
});

// core/output.ts
var Output;
var init_output = __esm({
  "core/output.ts"() {
    "use strict";
    init_error();
    init_text();
    Output = class {
      buffer;
      /** Where the bytes begin that nobody has taken yet. */
      start = 0;
      position = 0;
      /** Where the message being written begins, and how long it may become. */
      #messageStart = 0;
      #maxMessageBytes = Number.POSITIVE_INFINITY;
      constructor(size = 1024) {
        this.buffer = allocate(size);
      }
      /** Opens a message of at most `maxBytes`; the limit protects the peer from what a handler or caller made too large. */
      begin(maxBytes) {
        this.#messageStart = this.position;
        this.#maxMessageBytes = maxBytes;
      }
      /** Takes back what `begin` opened, after an encoder failed half way. */
      rollback() {
        this.position = this.#messageStart;
      }
      /** Makes room for `n` more bytes. */
      ensure(n) {
        if (this.position + n > this.buffer.length) this.#grow(n);
      }
      /** Refuses a finished message that is over its limit. */
      commit() {
        if (this.position - this.#messageStart > this.#maxMessageBytes) this.#refuse();
      }
      /** Writes the UTF-8 of `text`, without a length, and returns how many bytes that took. */
      writeUtf8(text) {
        this.ensure(text.length * 3);
        const written = writeUtf8(this.buffer, text, this.position);
        this.position += written;
        return written;
      }
      /** A copy of what was written since `start`. */
      toBytes() {
        return this.buffer.slice(this.start, this.position);
      }
      #grow(n) {
        const used = this.position - this.start;
        if (this.position - this.#messageStart > this.#maxMessageBytes) this.#refuse();
        const next = allocate(Math.max(2 * this.buffer.length, used + n));
        next.set(this.buffer.subarray(this.start, this.position));
        this.#messageStart -= this.start;
        this.buffer = next;
        this.start = 0;
        this.position = used;
      }
      #refuse() {
        throw new RpcError({
          code: "RESOURCE_EXHAUSTED",
          message: `the message is larger than maxMessageBytes (${this.#maxMessageBytes}); send less, stream it, or raise the limit on both sides`
        });
      }
    };
  }
});

// core/wire/arguments.ts
function packer(method) {
  if (method.untyped) return (args) => ({ args });
  return packFields(method.bareRequest, fieldNames(method));
}
function unpacker(method) {
  if (method.untyped) return (record) => record.args;
  return unpackFields(method.bareRequest, fieldNames(method));
}
function fieldNames(method) {
  return method.params.map((param, i) => i === method.streamParam ? "" : param.name);
}
function packFields(bare2, names2) {
  const [first = ""] = names2;
  if (bare2) return (args) => args[0];
  if (names2.length === 0) return () => ({});
  if (names2.length === 1 && first !== "") return (args) => ({ [first]: args[0] });
  return (args) => {
    const record = {};
    for (let i = 0; i < names2.length; i++) {
      const name = names2[i];
      if (name !== "") record[name] = args[i];
    }
    return record;
  };
}
function unpackFields(bare2, names2) {
  const [first = ""] = names2;
  if (bare2) return (record) => [record];
  if (names2.length === 1 && first !== "") return (record) => [record[first]];
  return (record) => names2.map((name) => name === "" ? void 0 : record[name]);
}
function packResult(bare2, empty) {
  if (bare2) return (value) => value;
  const nothing = {};
  return empty ? () => nothing : (value) => ({ result: value });
}
function unpackResult(bare2) {
  return bare2 ? (record) => record : (record) => record.result;
}
var init_arguments = __esm({
  "core/wire/arguments.ts"() {
    "use strict";
  }
});

// transports/memory/operation.ts
function agree(contract, codec, { host, peer }, isolate) {
  const service2 = host.find(contract.name, contract.version, contract.group);
  if (RpcError.is(service2)) throw service2;
  const same = service2.contract.fingerprint === contract.fingerprint;
  const cross = (path, from, to) => {
    if (same) return isolate ? compileCopy(from) : identity;
    checkReadable(from, to, path);
    checkReadable(to, from, path);
    return byCodec(codec, from, to);
  };
  return contract.operations.map((mine, i) => {
    const index = same ? i : service2.contract.operations.findIndex((one) => one.name === mine.name);
    const served = service2.operations[index];
    if (served === void 0 || served.method.kind !== mine.kind) return void 0;
    const theirs = served.method;
    const path = `${contract.name}.${mine.name}`;
    return {
      served,
      origin: { service: service2.contract.name, method: theirs.name, instance: host.instance, peer },
      oneway: mine.kind === "oneway",
      plain: mine.kind === "unary" && mine.streamParam < 0 && mine.callbacks.length === 0,
      streamParam: mine.streamParam,
      request: crossArguments(mine, theirs, cross(`${path}: request`, mine.request, theirs.request), isolate && same),
      response: crossResult(theirs, mine, cross(`${path}: response`, theirs.response, mine.response)),
      upstream: mine.upstream === void 0 || theirs.upstream === void 0 ? identity : crossItem(
        mine.upstream.bare,
        theirs.upstream.bare,
        cross(`${path}: stream`, mine.upstream.type, theirs.upstream.type)
      ),
      callbacks: mine.callbacks.flatMap((one) => {
        const other = theirs.callbacks.find(({ name }) => name === one.name);
        return other === void 0 ? [] : [crossCallback(one, other, (from, to) => cross(`${path}.${one.name}`, from, to))];
      }),
      errors: new Map(
        mine.throws.flatMap((type) => {
          const other = theirs.throws.find(({ name }) => name === type.name);
          if (other === void 0) return [];
          const copy = cross(`${path}: ${type.name}`, struct(type.name, other.fields), struct(type.name, type.fields));
          return [[type.name, { type, copy }]];
        })
      )
    };
  });
}
function byCodec(codec, from, to) {
  const writing = codec.compile(from, from);
  const reading = codec.compile(from, to);
  return (value) => {
    const out = new Output();
    out.begin(Number.POSITIVE_INFINITY);
    writing.encodeInto(value, out);
    return reading.decode(out.buffer, 0, out.position);
  };
}
function crossArguments(mine, theirs, copy, copies) {
  if (mine.bareRequest && theirs.bareRequest) return (args) => [copy(args[0])];
  const positions2 = mine.callbacks.map(({ position }) => position);
  if (!copies && positions2.length === 0 && copy === identity) return (args) => [...args];
  const pack = packer(mine);
  const unpack = unpacker(theirs);
  if (positions2.length === 0) return (args) => unpack(copy(pack(args)));
  return (args) => {
    const numbered = [...args];
    for (const position of positions2) numbered[position] = 0;
    return unpack(copy(pack(numbered)));
  };
}
function crossResult(theirs, mine, copy) {
  if (theirs.bareResponse && mine.bareResponse) return copy;
  const pack = packResult(theirs.bareResponse, theirs.response.fields.length === 0);
  const unpack = unpackResult(mine.bareResponse);
  return (value) => unpack(copy(pack(value)));
}
function crossItem(from, to, copy) {
  if (from && to) return copy;
  const pack = packResult(from, false);
  const unpack = unpackResult(to);
  return (value) => unpack(copy(pack(value)));
}
function crossCallback(mine, theirs, cross) {
  const names2 = (one) => one.bareRequest ? ["bare"] : one.request.fields.map((field2) => field2.name);
  const pack = packFields(theirs.bareRequest, names2(theirs));
  const unpack = unpackFields(mine.bareRequest, names2(mine));
  const request = cross(theirs.request, mine.request);
  const response = cross(mine.response, theirs.response);
  const packReply = packResult(mine.bareResponse, mine.response.fields.length === 0);
  const unpackReply = unpackResult(theirs.bareResponse);
  return {
    descriptor: mine,
    request: (args) => unpack(request(pack(args))),
    response: (value) => unpackReply(response(packReply(value)))
  };
}
var identity;
var init_operation = __esm({
  "transports/memory/operation.ts"() {
    "use strict";
    init_compat();
    init_contract();
    init_copy();
    init_error();
    init_output();
    init_arguments();
    identity = (value) => value;
  }
});

// transports/memory/port.ts
var MemoryPort;
var init_port = __esm({
  "transports/memory/port.ts"() {
    "use strict";
    init_error();
    init_operation();
    MemoryPort = class {
      refused;
      #link;
      #contract;
      #codec;
      #connection;
      #operations = [];
      constructor(link, contract, codec) {
        this.#link = link;
        this.#contract = contract;
        this.#codec = codec;
      }
      /** Throws where the two sides do not fit. */
      attach(connection) {
        const isolate = this.#link.options.isolate || connection.isolate;
        this.#operations = agree(this.#contract, this.#codec, connection, isolate);
        this.#connection = connection;
        this.refused = void 0;
      }
      refuse(error) {
        this.refused = error;
        this.#connection = void 0;
      }
      send(call) {
        const operation = this.#operations[call.method.index];
        const connection = this.#connection;
        if (connection === void 0 || connection.draining || operation === void 0)
          call.fail(this.#why(call.method.name));
        else connection.send(call, operation);
      }
      open(request) {
        const operation = this.#operations[request.method.index];
        const connection = this.#connection;
        if (connection === void 0 || connection.draining || operation === void 0)
          throw this.#why(request.method.name);
        return connection.openStream(request, operation);
      }
      #why(method) {
        if (this.refused) return this.refused;
        if (this.#connection !== void 0 && !this.#connection.draining) {
          return new RpcError({
            code: "UNIMPLEMENTED",
            message: `${this.#contract.name} at ${this.#link.url} has no ${method}; deploy a server that has, or check the contract`,
            retryable: true
          });
        }
        const reason = this.#link.reason?.message ?? this.#link.state;
        return new RpcError({
          code: "UNAVAILABLE",
          message: `${this.#link.url} is not connected: ${reason}`,
          retryable: true
        });
      }
    };
  }
});

// transports/memory/client.ts
var MemoryLink;
var init_client = __esm({
  "transports/memory/client.ts"() {
    "use strict";
    init_backoff();
    init_error();
    init_connection();
    init_listeners();
    init_port();
    MemoryLink = class {
      url;
      state = "connecting";
      reason;
      environment;
      options;
      #name;
      #ports = /* @__PURE__ */ new Set();
      #listeners = /* @__PURE__ */ new Set();
      #connection;
      /** Connections that the server asked to leave, with calls in progress. */
      #leaving = /* @__PURE__ */ new Set();
      #attempt = 0;
      #stopRetry;
      #idle = [];
      constructor(url, name, environment, options) {
        this.url = url;
        this.environment = environment;
        this.options = options;
        this.#name = name;
        environment.platform.afterTurn(() => this.#connect());
      }
      get instance() {
        return this.#connection?.instance;
      }
      get pending() {
        return this.#connection?.pending ?? 0;
      }
      onState(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      }
      async bind(contract, codec) {
        const port = new MemoryPort(this, contract, codec);
        if (this.state === "ready" && this.#connection) port.attach(this.#connection);
        this.#ports.add(port);
        return port;
      }
      #connect() {
        if (this.state === "closed") return;
        const listener = listenerOf(this.#name);
        if (listener === void 0) {
          const message = `cannot connect to ${this.url}: nobody listens there in this process`;
          return this.#down(new RpcError({ code: "UNAVAILABLE", message, retryable: true }));
        }
        this.#connection = new MemoryConnection(listener, this.environment, this.options.limits, {
          onReady: (connection) => this.#onReady(connection),
          onGoaway: (connection) => this.#onGoaway(connection),
          onLost: (connection, error) => this.#onLost(connection, error)
        });
        this.#connection.open();
      }
      #onReady(connection) {
        for (const port of this.#ports) {
          try {
            port.attach(connection);
          } catch (error) {
            port.refuse(RpcError.from(error, String(error)));
          }
        }
        this.#attempt = 0;
        this.reason = void 0;
        this.#to("ready");
      }
      #onGoaway(connection) {
        if (this.#connection !== connection) return;
        this.#connection = void 0;
        this.#leaving.add(connection);
        if (this.state === "closed") return;
        this.#to("draining");
        this.#retryLater();
      }
      #onLost(connection, error) {
        this.#leaving.delete(connection);
        const current2 = this.#connection === connection;
        if (current2) this.#connection = void 0;
        if (this.#leaving.size === 0 && this.#connection === void 0) for (const done of this.#idle.splice(0)) done();
        if (current2) this.#down(error);
      }
      #down(error) {
        if (this.state === "closed") return;
        this.reason = error;
        this.#to("down");
        this.#retryLater();
      }
      #retryLater() {
        const { platform } = this.environment;
        this.#stopRetry?.();
        this.#stopRetry = platform.schedule(backoffMs(this.#attempt++, this.options.backoff, platform), () => {
          this.#stopRetry = void 0;
          this.#connect();
        });
      }
      #to(state) {
        this.state = state;
        for (const listener of [...this.#listeners]) listener();
      }
      async close() {
        if (this.state === "closed") return;
        this.#stopRetry?.();
        this.#to("closed");
        if (this.#connection === void 0 && this.#leaving.size === 0) return;
        const idle = new Promise((resolve2) => this.#idle.push(resolve2));
        this.#connection?.drain();
        await idle;
      }
      destroy(error) {
        this.#stopRetry?.();
        if (this.state !== "closed") this.#to("closed");
        this.#connection?.cutByClient(error);
        for (const connection of [...this.#leaving]) connection.cutByClient(error);
      }
    };
  }
});

// core/codec.ts
var defaultCodecLimits;
var init_codec = __esm({
  "core/codec.ts"() {
    "use strict";
    defaultCodecLimits = Object.freeze({ maxDepth: 64, maxElements: 1e6 });
  }
});

// core/wire/limits.ts
function resolveWireLimits(given = {}) {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaultWireLimits)) throw new TypeError(`limits.${name}: there is no such limit`);
    if (value !== void 0 && (!Number.isInteger(value) || value < 1)) {
      throw new TypeError(`limits.${name}: expected a whole number from 1, got ${String(value)}`);
    }
  }
  const set = Object.entries(given).filter(([, value]) => value !== void 0);
  return Object.freeze({ ...defaultWireLimits, ...Object.fromEntries(set) });
}
var defaultWireLimits;
var init_limits = __esm({
  "core/wire/limits.ts"() {
    "use strict";
    init_codec();
    defaultWireLimits = Object.freeze({
      ...defaultCodecLimits,
      maxMessageBytes: 4 * 1024 * 1024,
      maxPendingCalls: 65536,
      maxStreams: 1024,
      maxBindings: 256,
      maxCallbacks: 4096,
      maxConnections: 2e4,
      streamWindowBytes: 256 * 1024,
      maxBufferedBytes: 1024 * 1024,
      maxQueuedBytes: 64 * 1024 * 1024,
      handshakeTimeoutMs: 1e4,
      heartbeatMs: 15e3
    });
  }
});

// transports/memory/options.ts
function resolveMemoryOptions(options = {}) {
  return {
    isolate: options.isolate ?? true,
    limits: resolveWireLimits(options.limits),
    backoff: { ...defaultBackoff, ...options.backoff }
  };
}
function parseName(url) {
  const name = /^memory:\/\/([A-Za-z0-9._-]+)\/?$/.exec(url)?.[1];
  if (name === void 0) throw new TypeError(`${url}: expected memory://name, with a name of letters, digits, . _ -`);
  return name;
}
var init_options = __esm({
  "transports/memory/options.ts"() {
    "use strict";
    init_backoff();
    init_limits();
  }
});

// transports/memory/server.ts
async function listenAs(url, name, host, options) {
  const listener = new MemoryListener(url, name, host, options);
  if (!addListener(name, listener)) {
    throw new RpcError({
      code: "ALREADY_EXISTS",
      message: `${url}: the name is in use in this process; stop what listens there, or choose another`
    });
  }
  return listener;
}
var MemoryListener;
var init_server = __esm({
  "transports/memory/server.ts"() {
    "use strict";
    init_error();
    init_listeners();
    MemoryListener = class {
      url;
      host;
      options;
      #name;
      #connections = /* @__PURE__ */ new Set();
      #left;
      constructor(url, name, host, options) {
        this.url = url;
        this.#name = name;
        this.host = host;
        this.options = options;
      }
      accept(connection) {
        const { maxConnections } = this.options.limits;
        if (this.#connections.size >= maxConnections) {
          const error = new RpcError({
            code: "UNAVAILABLE",
            message: `a connection to ${this.url} was refused: maxConnections (${maxConnections}) are open`,
            retryable: true
          });
          this.host.onError(error);
          return error;
        }
        this.#connections.add(connection);
        return void 0;
      }
      lost(connection) {
        this.#connections.delete(connection);
        if (this.#connections.size === 0) this.#left?.();
      }
      async close(drainMs) {
        removeListener(this.#name, this);
        if (this.#connections.size === 0) return;
        const left = new Promise((resolve2) => {
          this.#left = resolve2;
        });
        for (const connection of [...this.#connections]) connection.goaway();
        const stop = this.host.platform.schedule(drainMs, () => this.destroy());
        await left;
        stop();
      }
      destroy() {
        removeListener(this.#name, this);
        const error = new RpcError({ code: "UNAVAILABLE", message: "the server is shutting down" });
        for (const connection of [...this.#connections]) connection.cutByServer(error);
      }
    };
  }
});

// transports/memory/index.ts
var memory_exports = {};
__export(memory_exports, {
  memory: () => memory
});
function memory(options) {
  const resolved = resolveMemoryOptions(options);
  return {
    scheme: "memory",
    connect: (url, environment) => new MemoryLink(url, parseName(url), environment, resolved),
    listen: (url, host) => listenAs(url, parseName(url), host, resolved)
  };
}
var init_memory = __esm({
  "transports/memory/index.ts"() {
    "use strict";
    init_client();
    init_options();
    init_server();
  }
});

// core/code.ts
function codeFromNumber(number) {
  return names.get(number) ?? "UNKNOWN";
}
var codes, names;
var init_code = __esm({
  "core/code.ts"() {
    "use strict";
    codes = {
      CANCELLED: 1,
      UNKNOWN: 2,
      INVALID_ARGUMENT: 3,
      DEADLINE_EXCEEDED: 4,
      NOT_FOUND: 5,
      ALREADY_EXISTS: 6,
      PERMISSION_DENIED: 7,
      RESOURCE_EXHAUSTED: 8,
      FAILED_PRECONDITION: 9,
      ABORTED: 10,
      OUT_OF_RANGE: 11,
      UNIMPLEMENTED: 12,
      INTERNAL: 13,
      UNAVAILABLE: 14,
      DATA_LOSS: 15,
      UNAUTHENTICATED: 16
    };
    names = new Map(Object.entries(codes).map(([name, number]) => [number, name]));
  }
});

// core/fingerprint.ts
function printContract(contract) {
  const types = /* @__PURE__ */ Object.create(null);
  const operations = contract.operations.map((method) => printOperation(method, types));
  return { name: contract.name, version: contract.version, operations, types };
}
function printOperation(method, types) {
  for (const callback2 of method.callbacks) {
    printType(callback2.request, types);
    printType(callback2.response, types);
  }
  for (const error of method.throws) {
    types[error.name] ??= { kind: "error", fields: error.fields.map((field2) => printField(field2, types)) };
  }
  const printed = {
    name: method.name,
    kind: method.kind,
    request: printType(method.request, types),
    response: printType(method.response, types),
    throws: method.throws.map((error) => error.name),
    untyped: method.untyped
  };
  return method.upstream === void 0 ? printed : { ...printed, upstream: printType(method.upstream.type, types) };
}
function printType(type, types) {
  switch (type.kind) {
    case "list":
      return `list<${printType(type.item, types)}>`;
    case "map":
      return `map<${printType(type.value, types)}>`;
    case "enum":
      types[type.name] ??= { kind: "enum", members: type.members };
      return type.name;
    case "struct":
    case "union": {
      if (types[type.name] === void 0) {
        const fields = [];
        types[type.name] = { kind: type.kind, fields };
        for (const field2 of type.fields) fields.push(printField(field2, types));
      }
      return type.name;
    }
    default:
      return type.kind;
  }
}
function printField(field2, types) {
  return {
    name: field2.name,
    number: field2.number,
    type: printType(field2.type, types),
    optional: field2.optional,
    hasDefault: field2.defaultValue !== void 0
  };
}
function fingerprint(contract) {
  const text = JSON.stringify(printContract(contract));
  let a = 3735928559;
  let b = 1103547991;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ a >>> 16, 2246822507) ^ Math.imul(b ^ b >>> 13, 3266489909);
  b = Math.imul(b ^ b >>> 16, 2246822507) ^ Math.imul(a ^ a >>> 13, 3266489909);
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}
var init_fingerprint = __esm({
  "core/fingerprint.ts"() {
    "use strict";
  }
});

// core/wire/foreign.ts
function malformed(what) {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `the peer's description of its contract is malformed: ${what}`
  });
}
function isTypeName(type) {
  return typeof type === "string" && type.length < MAX_TYPE_NAME;
}
function checkPrinted(value) {
  const printed = value;
  if (typeof printed?.types !== "object" || printed.types === null || !Array.isArray(printed.operations)) {
    throw malformed("expected types and operations");
  }
  const types = Object.values(printed.types);
  let fields = 0;
  for (const type of types) {
    if (!["struct", "union", "error", "enum"].includes(type?.kind))
      throw malformed(`unknown kind ${String(type?.kind)}`);
    for (const member2 of type.members ?? [])
      if (typeof member2 !== "string") throw malformed("an enum member is not text");
    for (const one of type.fields ?? []) {
      const wellFormed = typeof one?.name === "string" && Number.isInteger(one.number) && isTypeName(one.type);
      if (!wellFormed) throw malformed("a field lacks name, number or type");
    }
    fields += type.fields?.length ?? type.members?.length ?? 0;
  }
  if (types.length > MAX_TYPES || fields > MAX_FIELDS) throw malformed("it is too large");
  for (const one of printed.operations) {
    const types2 = [one?.request, one?.response, ...one?.upstream === void 0 ? [] : [one.upstream]];
    if (typeof one?.name !== "string" || !types2.every(isTypeName)) {
      throw malformed("an operation lacks name, request or response");
    }
  }
  return printed;
}
var scalars, MAX_TYPES, MAX_FIELDS, MAX_TYPE_NAME, ForeignContract;
var init_foreign = __esm({
  "core/wire/foreign.ts"() {
    "use strict";
    init_contract();
    init_error();
    scalars = /* @__PURE__ */ new Set([
      "bool",
      "int32",
      "int53",
      "int64",
      "decimal",
      "float32",
      "float64",
      "string",
      "bytes",
      "timestamp",
      "any"
    ]);
    MAX_TYPES = 1e4;
    MAX_FIELDS = 1e5;
    MAX_TYPE_NAME = 1e3;
    ForeignContract = class {
      #printed;
      #named = /* @__PURE__ */ new Map();
      constructor(printed) {
        this.#printed = checkPrinted(printed);
      }
      /** The request, response and upstream types of an operation; `undefined` if the peer has none of that name. */
      operation(name) {
        const found = this.#printed.operations.find((one) => one.name === name);
        if (found === void 0) return void 0;
        return {
          kind: found.kind,
          request: this.#struct(found.request),
          response: this.#struct(found.response),
          upstream: found.upstream === void 0 ? void 0 : this.#struct(found.upstream)
        };
      }
      /** A struct or error of that name; `undefined` if the peer has none. */
      named(name) {
        const printed = Object.hasOwn(this.#printed.types, name) ? this.#printed.types[name] : void 0;
        if (printed?.kind === "error")
          return struct(
            name,
            (printed.fields ?? []).map((one) => this.#field(one))
          );
        return printed?.kind === "struct" ? this.#struct(name) : void 0;
      }
      #struct(name) {
        const type = this.#type(name);
        if (type.kind !== "struct") throw malformed(`${name} is not a struct`);
        return type;
      }
      #type(text) {
        if (scalars.has(text)) return Object.freeze({ kind: text });
        const inner2 = /^(list|map)<(.*)>$/.exec(text);
        if (inner2) {
          const element = this.#type(inner2[2]);
          return Object.freeze(
            inner2[1] === "list" ? { kind: "list", item: element } : { kind: "map", value: element }
          );
        }
        return this.#namedType(text);
      }
      #namedType(name) {
        const known = this.#named.get(name);
        if (known) return known;
        const printed = Object.hasOwn(this.#printed.types, name) ? this.#printed.types[name] : void 0;
        if (printed === void 0) throw malformed(`type ${name} is not described`);
        if (printed.kind === "enum")
          return Object.freeze({ kind: "enum", name, members: printed.members ?? [] });
        let fields;
        const type = Object.freeze({
          kind: printed.kind,
          name,
          // On first use, so that recursion finds the type already known.
          get fields() {
            fields ??= Object.freeze((printed.fields ?? []).map((one) => self.#field(one)));
            return fields;
          }
        });
        const self = this;
        this.#named.set(name, type);
        return type;
      }
      #field(printed) {
        return field(printed.name, printed.number, this.#type(printed.type), printed.optional);
      }
    };
  }
});

// core/wire/operation.ts
function compileOperations(contract, sides) {
  return contract.operations.map((method) => compileOperation(`${contract.name}.${method.name}`, method, sides));
}
function compileOperation(path, method, sides) {
  const { foreign } = sides;
  const theirs = foreign?.operation(method.name);
  if (foreign !== void 0 && theirs?.kind !== method.kind) return void 0;
  const errors = method.throws.map((type) => {
    const mine = struct(type.name, type.fields);
    return [
      type.name,
      { type, codec: pair(`${path}: ${type.name}`, mine, foreign?.named(type.name) ?? mine, sides) }
    ];
  });
  return {
    method,
    request: pair(`${path}: request`, method.request, theirs?.request ?? method.request, sides),
    response: pair(`${path}: response`, method.response, theirs?.response ?? method.response, sides),
    upstream: method.upstream && pair(`${path}: stream`, method.upstream.type, theirs?.upstream ?? method.upstream.type, sides),
    callbacks: method.callbacks.map((descriptor) => ({
      descriptor,
      request: pair(
        `${path}.${descriptor.name}`,
        descriptor.request,
        foreign?.named(descriptor.request.name) ?? descriptor.request,
        sides
      ),
      response: pair(
        `${path}.${descriptor.name}`,
        descriptor.response,
        foreign?.named(descriptor.response.name) ?? descriptor.response,
        sides
      )
    })),
    errors: new Map(errors)
  };
}
function pair(path, mine, theirs, { codec, limits }) {
  if (mine === theirs) return codec.compile(mine, mine, { limits });
  checkReadable(theirs, mine, path);
  checkReadable(mine, theirs, path);
  const writing = codec.compile(mine, mine, { limits });
  const reading = codec.compile(theirs, mine, { limits, foreign: true });
  return {
    encodeInto: (value, out) => writing.encodeInto(value, out),
    decode: (bytes, start, end) => reading.decode(bytes, start, end)
  };
}
var init_operation2 = __esm({
  "core/wire/operation.ts"() {
    "use strict";
    init_compat();
    init_contract();
  }
});

// core/wire/pending.ts
function clientOperation(wire, number) {
  const { method } = wire;
  return {
    wire,
    number,
    pack: packer(method),
    unpackResult: unpackResult(method.bareResponse),
    packItem: packResult(method.upstream?.bare ?? true, false)
  };
}
function isStream(target) {
  return "reader" in target;
}
var Pending;
var init_pending = __esm({
  "core/wire/pending.ts"() {
    "use strict";
    init_arguments();
    Pending = class {
      operation;
      target;
      upstream;
      callbacks;
      constructor(operation, target, upstream, callbacks) {
        this.operation = operation;
        this.target = target;
        this.upstream = upstream;
        this.callbacks = callbacks;
      }
      get call() {
        return isStream(this.target) ? void 0 : this.target;
      }
      get stream() {
        return isStream(this.target) ? this.target : void 0;
      }
    };
  }
});

// core/wire/protocol-error.ts
function protocolError(what) {
  return new RpcError({ code: "INTERNAL", message: `protocol error: ${what}; the connection is cut` });
}
var init_protocol_error = __esm({
  "core/wire/protocol-error.ts"() {
    "use strict";
    init_error();
  }
});

// core/wire/binder.ts
var Binder;
var init_binder = __esm({
  "core/wire/binder.ts"() {
    "use strict";
    init_code();
    init_error();
    init_fingerprint();
    init_foreign();
    init_operation2();
    init_pending();
    init_protocol_error();
    Binder = class {
      #limits;
      #send;
      #bindings = [];
      #nextOperation = 0;
      constructor(limits, send) {
        this.#limits = limits;
        this.#send = send;
      }
      bind(contract, codec) {
        return new Promise((resolve2, reject) => {
          const base = this.#nextOperation;
          this.#nextOperation += contract.operations.length;
          const id = this.#bindings.push({ contract, codec, base, resolve: resolve2, reject }) - 1;
          this.#ask(id, false);
        });
      }
      #ask(id, whole) {
        const { contract, codec, base } = this.#bindings[id];
        this.#send([id >>> 8, id & 255, base >>> 8, base & 255], {
          service: contract.name,
          version: contract.version,
          group: contract.group,
          codec: codec.name,
          fingerprint: contract.fingerprint,
          operations: contract.operations.map((method) => method.name),
          ...whole ? { contract: printContract(contract) } : {}
        });
      }
      onBound(id, answer) {
        const binding = this.#bindings[id];
        if (binding === void 0) throw protocolError("BOUND without BIND");
        if (answer["send"] === "contract") return this.#ask(id, true);
        this.#bindings[id] = void 0;
        const { contract, codec, base } = binding;
        try {
          if (answer["error"] !== void 0) {
            const { code, message } = answer["error"];
            throw new RpcError({ code: Object.hasOwn(codes, code) ? code : "UNKNOWN", message: String(message) });
          }
          const foreign = answer["contract"] === void 0 ? void 0 : new ForeignContract(answer["contract"]);
          const operations = compileOperations(contract, { codec, limits: this.#limits, foreign });
          binding.resolve(operations.map((wire, i) => wire && clientOperation(wire, base + i)));
        } catch (error) {
          binding.reject(RpcError.from(error, String(error)));
        }
      }
      lost(error) {
        for (const binding of this.#bindings.splice(0)) binding?.reject(error);
      }
    };
  }
});

// core/wire/frame.ts
function openFrame(out, type, flags, reserve) {
  out.ensure(HEADER_BYTES + reserve);
  const { buffer, position } = out;
  buffer[position + 4] = type;
  buffer[position + 5] = flags;
  out.position = position + HEADER_BYTES;
  return position - out.start;
}
function closeFrame(out, from) {
  out.commit();
  const begin = out.start + from;
  writeU32(out.buffer, begin, out.position - begin - 4);
}
function writeU32(buffer, at2, value) {
  buffer[at2] = value >>> 24;
  buffer[at2 + 1] = value >>> 16;
  buffer[at2 + 2] = value >>> 8;
  buffer[at2 + 3] = value;
}
function writeU16(buffer, at2, value) {
  buffer[at2] = value >>> 8;
  buffer[at2 + 1] = value;
}
function readU32(buffer, at2) {
  return (buffer[at2] << 24 | buffer[at2 + 1] << 16 | buffer[at2 + 2] << 8 | buffer[at2 + 3]) >>> 0;
}
function readU16(buffer, at2) {
  return buffer[at2] << 8 | buffer[at2 + 1];
}
var frame, flag, MAGIC, MIN_VERSION, MAX_VERSION, HEADER_BYTES;
var init_frame = __esm({
  "core/wire/frame.ts"() {
    "use strict";
    frame = {
      HELLO: 1,
      WELCOME: 2,
      BIND: 3,
      BOUND: 4,
      CALL: 5,
      REPLY: 6,
      ERROR: 7,
      DATA: 8,
      END: 9,
      CREDIT: 10,
      CANCEL: 11,
      INVOKE: 12,
      RETAIN: 13,
      RELEASE: 14,
      PING: 15,
      PONG: 16,
      GOAWAY: 17,
      CUT: 18
    };
    flag = { METADATA: 1, ONEWAY: 2, STREAM: 4 };
    MAGIC = 1414680139;
    MIN_VERSION = 1;
    MAX_VERSION = 1;
    HEADER_BYTES = 6;
  }
});

// core/wire/message.ts
function writeJson(out, value) {
  out.writeUtf8(JSON.stringify(value));
}
function readLimit(value, ours) {
  return Number.isSafeInteger(value) && value >= 1 ? Math.min(value, ours) : ours;
}
function readJson(bytes, start, end) {
  let value;
  try {
    value = JSON.parse(readUtf8(bytes, start, end));
  } catch {
    throw protocolError("a control frame is not JSON");
  }
  if (typeof value !== "object" || value === null) throw protocolError("a control frame is not a JSON object");
  return value;
}
function writeMetadata(out, metadata) {
  out.ensure(2);
  const at2 = out.position - out.start;
  out.position += 2;
  const length = out.writeUtf8(JSON.stringify(metadata));
  if (length > MAX_METADATA_BYTES) {
    throw new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `metadata: ${length} bytes; ${MAX_METADATA_BYTES} is the most`
    });
  }
  writeU16(out.buffer, out.start + at2, length);
}
function metadataEnd(bytes, start, end) {
  const stop = start + 2 + (start + 2 <= end ? readU16(bytes, start) : end);
  if (stop > end) throw protocolError("metadata is longer than its frame");
  return stop;
}
function readMetadata(bytes, start, end) {
  const value = readJson(bytes, start + 2, end);
  try {
    return createMetadata(value);
  } catch {
    throw protocolError("metadata with a key or value that is not allowed");
  }
}
function writeSignal(out, type, callId, argument) {
  out.begin(64);
  const from = openFrame(out, type, 0, 8);
  writeU32(out.buffer, out.position, callId);
  out.position += 4;
  if (argument !== void 0) {
    writeU32(out.buffer, out.position, argument);
    out.position += 4;
  }
  closeFrame(out, from);
}
function writeControl(out, type, head, body) {
  out.begin(Number.POSITIVE_INFINITY);
  const from = openFrame(out, type, 0, head.length);
  for (const byte of head) out.buffer[out.position++] = byte;
  writeJson(out, body);
  closeFrame(out, from);
}
function writeError(out, callId, error, operation, maxBytes = Number.POSITIVE_INFINITY) {
  const declared = operation?.errors.get(error.name);
  out.begin(maxBytes);
  const from = openFrame(out, frame.ERROR, 0, 7);
  writeU32(out.buffer, out.position, callId);
  out.buffer[out.position + 4] = codes[error.code];
  const at2 = out.position + 5 - out.start;
  out.position += 7;
  const head = { message: error.message.slice(0, 8192) };
  if (Object.keys(error.metadata).length > 0) head["metadata"] = error.metadata;
  if (error.retryable) head["retryable"] = true;
  if (declared) head["name"] = declared.type.name;
  if (error.details !== void 0) head["details"] = error.details;
  const length = writeHead(out, head);
  writeU16(out.buffer, out.start + at2, length);
  if (declared) declared.codec.encodeInto(error, out);
  closeFrame(out, from);
}
function writeHead(out, head) {
  const start = out.position - out.start;
  let length = 0;
  try {
    length = out.writeUtf8(JSON.stringify(head));
  } catch {
    delete head["details"];
    length = out.writeUtf8(JSON.stringify(head));
  }
  if (length <= 65535) return length;
  out.position = out.start + start;
  return out.writeUtf8(JSON.stringify({ message: head["message"], name: head["name"] }));
}
function readError(bytes, start, end, operation) {
  if (start + 3 > end) throw protocolError("an ERROR frame is shorter than its head");
  const code = codeFromNumber(bytes[start]);
  const headEnd = start + 3 + readU16(bytes, start + 1);
  if (headEnd > end) throw protocolError("an ERROR frame's head is longer than the frame");
  const head = readJson(bytes, start + 3, headEnd);
  const message = typeof head["message"] === "string" ? head["message"] : code;
  const declared = typeof head["name"] === "string" ? operation?.errors.get(head["name"]) : void 0;
  if (declared) {
    try {
      return declared.type.create(declared.codec.decode(bytes, headEnd, end), message);
    } catch {
    }
  }
  let metadata;
  try {
    metadata = createMetadata(head["metadata"] ?? {});
  } catch {
    throw protocolError("an ERROR frame's metadata is malformed");
  }
  return new RpcError({ code, message, metadata, details: head["details"], retryable: head["retryable"] === true });
}
var MAX_METADATA_BYTES;
var init_message = __esm({
  "core/wire/message.ts"() {
    "use strict";
    init_code();
    init_error();
    init_metadata();
    init_text();
    init_frame();
    init_protocol_error();
    MAX_METADATA_BYTES = 65535;
  }
});

// core/wire/callbacks.ts
var CallbackTable;
var init_callbacks = __esm({
  "core/wire/callbacks.ts"() {
    "use strict";
    init_error();
    init_arguments();
    init_frame();
    init_message();
    CallbackTable = class {
      #handed = /* @__PURE__ */ new Map();
      #limits;
      #outbox;
      #next = 1;
      /** Invocations without an answer yet. */
      #running = 0;
      constructor(limits, outbox) {
        this.#limits = limits;
        this.#outbox = outbox;
      }
      /** Hands over the callbacks among `args`: their numbers take their place in `record`. Returns the numbers. */
      handOver(operation, args, record) {
        const ids = [];
        try {
          for (const callback2 of operation.callbacks) {
            const { position, name } = callback2.descriptor;
            const id = this.#add(callback2, args[position]);
            ids.push(id);
            record[name] = id;
          }
        } catch (error) {
          this.releaseUnlessRetained(ids);
          throw error;
        }
        return ids;
      }
      #add(wire, value) {
        if (typeof value !== "function") {
          throw new RpcError({
            code: "INVALID_ARGUMENT",
            message: `${wire.descriptor.name}: expected a function, got ${typeof value}`
          });
        }
        if (this.#handed.size >= this.#limits.maxCallbacks) {
          throw new RpcError({
            code: "RESOURCE_EXHAUSTED",
            message: `${wire.descriptor.name}: maxCallbacks (${this.#limits.maxCallbacks}) functions are handed over on this connection; release some`
          });
        }
        const { bareRequest, bareResponse, request, response, paramCount } = wire.descriptor;
        const names2 = bareRequest ? ["bare"] : request.fields.map((field2) => field2.name);
        if (!bareRequest && names2.length !== paramCount)
          throw new RangeError("a callback's request has one field per parameter");
        const id = this.#next++;
        this.#handed.set(id, {
          wire,
          call: value,
          unpack: unpackFields(bareRequest, names2),
          pack: packResult(bareResponse, response.fields.length === 0),
          retained: false
        });
        return id;
      }
      /** INVOKE: the server calls; the answer is a REPLY or an ERROR. */
      invoke(id, callId, bytes, start, end) {
        const handed = this.#handed.get(id);
        if (handed === void 0) {
          const message = "the callback was released: its call has ended; use retain(callback) in the handler to keep it";
          this.#failed(callId, new RpcError({ code: "FAILED_PRECONDITION", message }));
          return;
        }
        if (this.#running >= this.#limits.maxPendingCalls) {
          const message = `maxPendingCalls (${this.#limits.maxPendingCalls}) callbacks are in progress on this connection`;
          this.#failed(callId, new RpcError({ code: "RESOURCE_EXHAUSTED", message }));
          return;
        }
        this.#running++;
        const { request, response } = handed.wire;
        const failed = (error) => {
          this.#running--;
          this.#failed(callId, RpcError.from(error, "the callback failed; its error is on the side that passed it"));
        };
        try {
          const result = handed.call(...handed.unpack(request.decode(bytes, start, end)));
          Promise.resolve(result).then((value) => this.#done(callId, response, handed.pack(value)), failed);
        } catch (error) {
          failed(error);
        }
      }
      /** REPLY = callId:u32 payload */
      #done(callId, codec, record) {
        this.#running--;
        if (this.#outbox.closed) return;
        const { out } = this.#outbox;
        out.begin(this.#outbox.maxMessageBytes);
        try {
          const from = openFrame(out, frame.REPLY, 0, 4);
          writeU32(out.buffer, out.position, callId);
          out.position += 4;
          codec.encodeInto(record, out);
          closeFrame(out, from);
        } catch (error) {
          out.rollback();
          this.#failed(callId, RpcError.from(error, "the callback's result could not be encoded"));
          return;
        }
        this.#outbox.frameDone();
      }
      #failed(callId, error) {
        if (this.#outbox.closed) return;
        writeError(this.#outbox.out, callId, error, void 0);
        this.#outbox.frameDone();
      }
      /** The server keeps it when its call ends. */
      retain(id) {
        const handed = this.#handed.get(id);
        if (handed) handed.retained = true;
      }
      /** The call is over. */
      releaseUnlessRetained(ids) {
        for (const id of ids) if (this.#handed.get(id)?.retained === false) this.#handed.delete(id);
      }
      release(id) {
        this.#handed.delete(id);
      }
      clear() {
        this.#handed.clear();
      }
    };
  }
});

// core/wire/outbox.ts
var CHUNK_BYTES, SPARE_BYTES, MAX_FRAMES_PER_WRITE, SHARE_PER_WRITE, Outbox;
var init_outbox = __esm({
  "core/wire/outbox.ts"() {
    "use strict";
    init_output();
    init_text();
    CHUNK_BYTES = 32 * 1024;
    SPARE_BYTES = 256;
    MAX_FRAMES_PER_WRITE = 32;
    SHARE_PER_WRITE = 4;
    Outbox = class {
      out;
      /** The longest message that the other side takes. */
      maxMessageBytes;
      #pipe;
      #platform;
      #frames = 0;
      #scheduled = false;
      #chunk;
      #idle = [];
      #closed = false;
      #leaving;
      constructor(pipe, platform, maxMessageBytes = Number.POSITIVE_INFINITY) {
        this.maxMessageBytes = maxMessageBytes;
        this.#pipe = pipe;
        this.#platform = platform;
        this.out = new Output(512);
        this.#chunk = { bytes: this.out.buffer, writes: 0 };
      }
      /** Bytes that have not left this process. */
      get bufferedBytes() {
        return this.#pipe.bufferedBytes + this.out.position - this.out.start;
      }
      /** A frame has been written to `out`, while so many calls were under way. */
      frameDone(underWay = MAX_FRAMES_PER_WRITE * SHARE_PER_WRITE) {
        const frames = ++this.#frames;
        if (frames >= MAX_FRAMES_PER_WRITE || frames * SHARE_PER_WRITE >= underWay) this.flush();
        else if (!this.#scheduled) {
          this.#scheduled = true;
          this.#platform.afterTurn(this.#flushScheduled);
        }
      }
      /** Calls `left` when what is written so far has left this process, or never will. */
      whenLeft(left) {
        this.#leaving ??= [];
        this.#leaving.push(left);
      }
      #flushScheduled = () => {
        this.#scheduled = false;
        this.flush();
      };
      flush() {
        this.#frames = 0;
        const { out } = this;
        if (out.position === out.start || this.#closed) return;
        const leaving = this.#leaving;
        this.#leaving = void 0;
        if (out.buffer !== this.#chunk.bytes) this.#chunk = { bytes: out.buffer, writes: 0 };
        const chunk = this.#chunk;
        chunk.writes++;
        const bytes = chunk.bytes.subarray(out.start, out.position);
        out.start = out.position;
        if (out.buffer.length - out.position < SPARE_BYTES || out.buffer.length > CHUNK_BYTES) this.#renew();
        this.#pipe.write(bytes, () => {
          if (--chunk.writes === 0) this.#reuse(chunk);
          if (leaving !== void 0) for (const left of leaving) left();
        });
      }
      /** True once nothing more is written. */
      get closed() {
        return this.#closed;
      }
      /** Nothing more is written. */
      close() {
        this.#closed = true;
        this.#idle.length = 0;
        const leaving = this.#leaving;
        this.#leaving = void 0;
        if (leaving !== void 0) for (const left of leaving) left();
      }
      #renew() {
        const next = this.#idle.pop() ?? { bytes: allocate(CHUNK_BYTES), writes: 0 };
        this.#chunk = next;
        this.out.buffer = next.bytes;
        this.out.start = 0;
        this.out.position = 0;
      }
      #reuse(chunk) {
        if (chunk === this.#chunk) {
          if (this.out.buffer === chunk.bytes && this.out.start === this.out.position) {
            this.out.start = 0;
            this.out.position = 0;
          }
          return;
        }
        if (chunk.bytes.length === CHUNK_BYTES && this.#idle.length < 4) this.#idle.push(chunk);
      }
    };
  }
});

// core/wire/parser.ts
var FIRST_STASH_BYTES, FrameParser;
var init_parser = __esm({
  "core/wire/parser.ts"() {
    "use strict";
    init_text();
    init_frame();
    init_protocol_error();
    FIRST_STASH_BYTES = 1024;
    FrameParser = class {
      #onFrame;
      #maxMessageBytes;
      #maxFrameBytes;
      #stash;
      #stashed = 0;
      #stopped = false;
      /** Frames before `established` are at most `handshakeBytes` long. */
      constructor(onFrame, maxMessageBytes, handshakeBytes = maxMessageBytes) {
        this.#onFrame = onFrame;
        this.#maxMessageBytes = maxMessageBytes;
        this.#maxFrameBytes = Math.min(handshakeBytes, maxMessageBytes);
      }
      /** The handshake is done. */
      established() {
        this.#maxFrameBytes = this.#maxMessageBytes;
      }
      /** After this nothing is handed out any more. */
      stop() {
        this.#stopped = true;
        this.#stash = void 0;
      }
      push(chunk) {
        if (this.#stopped) return;
        let position = this.#stashed > 0 ? this.#complete(chunk) : 0;
        const { length } = chunk;
        while (!this.#stopped) {
          const left = length - position;
          if (left < 4) break;
          const end = position + 4 + this.#lengthAt(chunk, position);
          if (end > length) break;
          this.#onFrame(chunk[position + 4], chunk[position + 5], chunk, position + HEADER_BYTES, end);
          position = end;
        }
        if (position < length && !this.#stopped) this.#keep(chunk, position, length);
      }
      #lengthAt(bytes, at2) {
        const length = readU32(bytes, at2);
        if (length < HEADER_BYTES - 4) throw protocolError(`a frame of ${length} bytes is shorter than its header`);
        if (length > this.#maxMessageBytes) {
          throw protocolError(`a frame of ${length} bytes is over maxMessageBytes (${this.#maxMessageBytes})`);
        }
        if (length > this.#maxFrameBytes) {
          throw protocolError(
            `a frame of ${length} bytes during the handshake, which has ${this.#maxFrameBytes} at the most`
          );
        }
        return length;
      }
      /** Takes from `chunk` what the stashed frame lacks; returns how much that was. */
      #complete(chunk) {
        let taken = 0;
        if (this.#stashed < 4) {
          taken = Math.min(4 - this.#stashed, chunk.length);
          this.#keep(chunk, 0, taken);
          if (this.#stashed < 4) return taken;
        }
        const total = 4 + this.#lengthAt(this.#stash, 0);
        const more = Math.min(total - this.#stashed, chunk.length - taken);
        this.#keep(chunk, taken, taken + more);
        taken += more;
        if (this.#stashed === total) {
          const bytes = this.#stash;
          this.#stashed = 0;
          this.#onFrame(bytes[4], bytes[5], bytes, HEADER_BYTES, total);
          if (bytes.length > 64 * FIRST_STASH_BYTES) this.#stash = void 0;
        }
        return taken;
      }
      #keep(chunk, from, to) {
        const needed = this.#stashed + to - from;
        if (this.#stash === void 0 || this.#stash.length < needed) {
          const grown = allocate(Math.max(FIRST_STASH_BYTES, needed, 2 * this.#stashed));
          if (this.#stash !== void 0) grown.set(this.#stash.subarray(0, this.#stashed));
          this.#stash = grown;
        }
        this.#stash.set(chunk.subarray(from, to), this.#stashed);
        this.#stashed = needed;
      }
    };
  }
});

// core/wire/stream.ts
async function pump(source, credit, send) {
  if (typeof source?.[Symbol.asyncIterator] !== "function") {
    throw new RpcError({
      code: "INTERNAL",
      message: "expected an AsyncIterable; return one from the handler, or pass one as the argument"
    });
  }
  const iterator = source[Symbol.asyncIterator]();
  const leave = () => {
    (async () => iterator.return?.())().catch(() => {
    });
  };
  credit.onClose(leave);
  let sound = false;
  try {
    while (!credit.closed) {
      const { value, done } = await iterator.next();
      if (done || credit.closed) break;
      const room = credit.room();
      if (room) await room;
      if (credit.closed) break;
      const drained = send(value);
      if (drained) await drained;
    }
    sound = true;
  } finally {
    credit.onClose(void 0);
    if (!sound) leave();
  }
}
var ITEM_OVERHEAD_BYTES, StreamReader, Credit;
var init_stream2 = __esm({
  "core/wire/stream.ts"() {
    "use strict";
    init_error();
    ITEM_OVERHEAD_BYTES = 16;
    StreamReader = class {
      #items = [];
      #first = 0;
      #waiting = [];
      #ended = false;
      #error;
      #unread = 0;
      #owed = 0;
      #windowBytes;
      #grant;
      #stopped;
      /** `grant` tells the writer of new room; `stopped` tells it that nobody reads any more. */
      constructor(windowBytes, grant, stopped) {
        this.#windowBytes = windowBytes;
        this.#grant = grant;
        this.#stopped = stopped;
      }
      /** False if the writer sent more than it had room for. */
      push(value, bytes) {
        if (this.#ended) return true;
        if (this.#unread > this.#windowBytes) return false;
        const reader = this.#waiting.shift();
        if (reader) {
          this.#consumed(bytes);
          reader.resolve({ value, done: false });
          return true;
        }
        this.#unread += bytes;
        this.#items.push({ value, bytes });
        return true;
      }
      /** No more items come; those that wait are still read. */
      end(error) {
        if (this.#ended) return;
        this.#ended = true;
        this.#error = error;
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const reader of waiting) this.#finish(reader.resolve, reader.reject);
      }
      get ended() {
        return this.#ended;
      }
      next() {
        const item = this.#items[this.#first];
        if (item !== void 0) {
          this.#items[this.#first++] = void 0;
          if (this.#first > 64 && this.#first * 2 > this.#items.length) {
            this.#items.splice(0, this.#first);
            this.#first = 0;
          }
          this.#unread -= item.bytes;
          this.#consumed(item.bytes);
          return Promise.resolve({ value: item.value, done: false });
        }
        return new Promise((resolve2, reject) => {
          if (this.#ended) this.#finish(resolve2, reject);
          else this.#waiting.push({ resolve: resolve2, reject });
        });
      }
      return() {
        if (!this.#ended) {
          this.end();
          this.#stopped();
        }
        this.#items.length = 0;
        this.#first = 0;
        return Promise.resolve({ value: void 0, done: true });
      }
      [Symbol.asyncIterator]() {
        return this;
      }
      #finish(resolve2, reject) {
        const error = this.#error;
        this.#error = void 0;
        if (error) reject(error);
        else resolve2({ value: void 0, done: true });
      }
      /** Room is given back half a window at a time, so that credit costs few frames. */
      #consumed(bytes) {
        this.#owed += bytes;
        if (this.#owed * 2 >= this.#windowBytes && !this.#ended) {
          this.#grant(this.#owed);
          this.#owed = 0;
        }
      }
    };
    Credit = class {
      #bytes;
      #waiting;
      #closed = false;
      #onClose;
      constructor(bytes) {
        this.#bytes = bytes;
      }
      add(bytes) {
        this.#bytes += bytes;
        this.#wake();
      }
      spend(bytes) {
        this.#bytes -= bytes;
      }
      /** The stream is over: whoever waits for room goes on, and finds it closed. */
      close() {
        if (this.#closed) return;
        this.#closed = true;
        this.#wake();
        this.#onClose?.();
      }
      /** One listener: what must be told when the stream is over, or at once if it is. */
      onClose(listener) {
        this.#onClose = listener;
        if (this.#closed) listener?.();
      }
      get closed() {
        return this.#closed;
      }
      /** Undefined if there is room now. */
      room() {
        if (this.#bytes > 0 || this.#closed) return void 0;
        return new Promise((resolve2) => {
          this.#waiting = resolve2;
        });
      }
      #wake() {
        const waiting = this.#waiting;
        this.#waiting = void 0;
        waiting?.();
      }
    };
  }
});

// core/wire/session.ts
var HANDSHAKE_BYTES, Session;
var init_session = __esm({
  "core/wire/session.ts"() {
    "use strict";
    init_code();
    init_error();
    init_frame();
    init_message();
    init_outbox();
    init_parser();
    init_protocol_error();
    init_stream2();
    HANDSHAKE_BYTES = 64 * 1024;
    Session = class {
      pipe;
      platform;
      limits;
      outbox;
      closed = false;
      #parser;
      #heard = true;
      #arrivedAt = 0;
      #pinged = false;
      #paused = false;
      #lastBuffered = 0;
      #stopTimer;
      #drained = [];
      #gone = false;
      constructor(pipe, platform, limits) {
        this.pipe = pipe;
        this.platform = platform;
        this.limits = limits;
        this.outbox = new Outbox(pipe, platform, limits.maxMessageBytes);
        this.#parser = new FrameParser(
          (type, flags, bytes, body, end) => this.onFrame(type, flags, bytes, body, end),
          limits.maxMessageBytes,
          HANDSHAKE_BYTES
        );
        this.#stopTimer = platform.schedule(limits.handshakeTimeoutMs, () => {
          this.cut(
            new RpcError({
              code: "UNAVAILABLE",
              message: "no handshake within handshakeTimeoutMs; is the other end a Trunkline peer?",
              retryable: true
            })
          );
        });
      }
      /** The handshake is done: silence is now a matter of the heartbeat. */
      established() {
        this.#stopTimer?.();
        this.#parser.established();
        this.#beat();
      }
      onBytes(bytes) {
        if (this.closed) return;
        this.#heard = true;
        this.#arrivedAt = 0;
        try {
          this.#parser.push(bytes);
        } catch (error) {
          this.cut(RpcError.is(error) ? error : protocolError(`a frame could not be handled (${String(error)})`), true);
          return;
        }
        if (!this.#paused && this.outbox.bufferedBytes > this.limits.maxBufferedBytes && !this.closed) {
          this.#paused = true;
          this.pipe.pause();
        }
      }
      /** When the bytes came that are being handled: one look at the clock serves all their frames. */
      arrivedAt() {
        if (this.#arrivedAt === 0) this.#arrivedAt = this.platform.now();
        return this.#arrivedAt;
      }
      onDrain() {
        if (this.#drained.length > 0) {
          const waiting = this.#drained;
          this.#drained = [];
          for (const resume of waiting) resume();
        }
        if (this.#paused && !this.closed) {
          this.#paused = false;
          this.#heard = true;
          this.pipe.resume();
        }
      }
      /** Undefined unless too much waits to leave; then resolves when it has left or the connection has ended. */
      drained() {
        if (this.closed || this.outbox.bufferedBytes <= this.limits.maxBufferedBytes) return void 0;
        this.outbox.flush();
        if (this.outbox.bufferedBytes === 0) return void 0;
        return new Promise((resolve2) => this.#drained.push(resolve2));
      }
      onClose(error) {
        this.#gone = true;
        this.#end(error ?? new RpcError({ code: "UNAVAILABLE", message: "the other side closed the connection" }));
        this.#stopTimer?.();
      }
      /** Ends the connection at once. With `tell`, a last frame says why; secrets stay here, since only our own message goes. */
      cut(error, tell = false) {
        if (this.closed) return;
        if (tell) {
          try {
            this.control(frame.CUT, [], { code: codes[error.code], message: error.message.slice(0, 8192) });
            this.outbox.flush();
            this.pipe.end();
          } catch {
            this.pipe.destroy();
          }
        }
        this.#end(error);
        if (tell) this.#linger(0);
        else this.pipe.destroy();
      }
      /** Sends what is written, then ends. */
      finish() {
        if (this.closed) return;
        this.outbox.flush();
        this.pipe.end();
        this.#end(new RpcError({ code: "UNAVAILABLE", message: "the connection was closed", retryable: true }));
        this.#linger(Number.POSITIVE_INFINITY);
      }
      /** The last bytes are leaving. A peer that does not take them must not keep the socket; one that does, may be slow. */
      #linger(before) {
        if (this.#gone) return;
        this.#stopTimer = this.platform.schedule(this.limits.handshakeTimeoutMs, () => {
          const left = this.pipe.bufferedBytes;
          if (left < before) this.#linger(left);
          else this.pipe.destroy();
        });
      }
      #end(error) {
        if (this.closed) return;
        this.closed = true;
        this.#parser.stop();
        this.#stopTimer?.();
        this.outbox.close();
        const waiting = this.#drained;
        this.#drained = [];
        for (const resume of waiting) resume();
        this.onLost(error);
      }
      /** A frame whose body is JSON. */
      control(type, head, body) {
        if (this.closed) return;
        writeControl(this.outbox.out, type, head, body);
        this.outbox.frameDone();
      }
      signal(type, id, argument) {
        if (this.closed) return;
        writeSignal(this.outbox.out, type, id, argument);
        this.outbox.frameDone();
      }
      /** DATA = callId:u32 payload */
      sendItem(callId, item, codec, credit) {
        if (this.closed) return void 0;
        const { out } = this.outbox;
        out.begin(this.outbox.maxMessageBytes);
        const before = out.position - out.start;
        try {
          const from = openFrame(out, frame.DATA, 0, 4);
          writeU32(out.buffer, out.position, callId);
          out.position += 4;
          codec.encodeInto(item, out);
          closeFrame(out, from);
        } catch (error) {
          out.rollback();
          throw error;
        }
        const payloadBytes = out.position - out.start - before - HEADER_BYTES - 4;
        credit.spend(payloadBytes + ITEM_OVERHEAD_BYTES);
        this.outbox.frameDone();
        return this.drained();
      }
      /** PING, PONG and CUT mean the same on both sides. */
      onCommonFrame(type, bytes, body, end) {
        switch (type) {
          case frame.PING:
            this.need(body, end, 4);
            this.signal(frame.PONG, readU32(bytes, body));
            return;
          case frame.PONG:
            return;
          case frame.CUT: {
            const { code, message } = readJson(bytes, body, end);
            this.cut(
              new RpcError({
                code: codeFromNumber(Number(code)),
                message: `cut by the other side: ${String(message).slice(0, 1e3)}`
              })
            );
            return;
          }
          default:
            throw protocolError(`frame type ${type} is unknown or not allowed here`);
        }
      }
      need(body, end, bytes) {
        if (body + bytes > end) throw protocolError("a frame is shorter than its fixed part");
      }
      #beat() {
        this.#stopTimer = this.platform.schedule(this.limits.heartbeatMs, () => {
          if (this.closed) return;
          const buffered = this.outbox.bufferedBytes;
          const stuck = !this.#paused || buffered >= this.#lastBuffered;
          this.#lastBuffered = buffered;
          if (!this.#heard && this.#pinged && stuck) {
            this.cut(new RpcError({ code: "UNAVAILABLE", message: "the other side has been silent for two heartbeats" }));
            return;
          }
          this.#pinged = !this.#heard;
          if (!this.#heard) this.signal(frame.PING, 0);
          this.#heard = false;
          this.#beat();
        });
      }
    };
  }
});

// core/wire/client-session.ts
function exhausted2(limit, value) {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `the connection is at its limit ${limit} (${value}); wait for replies, add connections, or raise the limit`,
    retryable: true
  });
}
function lost(error, method, harmless) {
  const outcome = harmless ? "" : "; outcome unknown: it may or may not have been done";
  return new RpcError({
    code: error.code === "INTERNAL" ? "UNAVAILABLE" : error.code,
    message: `${method}: the connection was lost while the call was in progress (${error.message})${outcome}`,
    cause: error,
    details: harmless ? void 0 : { outcome: "unknown" }
  });
}
function unreadable(operation, cause) {
  const message = `${operation.wire.method.name}: the reply could not be read: ${messageOf(cause)}`;
  return new RpcError({ code: "DATA_LOSS", message, cause });
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
var ClientSession, none;
var init_client_session = __esm({
  "core/wire/client-session.ts"() {
    "use strict";
    init_error();
    init_metadata();
    init_binder();
    init_callbacks();
    init_frame();
    init_message();
    init_pending();
    init_protocol_error();
    init_session();
    init_stream2();
    ClientSession = class extends Session {
      instance;
      ready = false;
      draining = false;
      #options;
      #pending = [];
      #free = [];
      #pendingCount = 0;
      #maxPendingCalls;
      #binder;
      #serverWindow = 0;
      #callbacks;
      constructor(pipe, options) {
        super(pipe, options.platform, options.limits);
        this.#options = options;
        this.#maxPendingCalls = options.limits.maxPendingCalls;
        this.#callbacks = new CallbackTable(options.limits, this.outbox);
        this.#binder = new Binder(options.limits, (head, body) => this.control(frame.BIND, head, body));
        const { out } = this.outbox;
        out.begin(HANDSHAKE_BYTES);
        const from = openFrame(out, frame.HELLO, 0, 6);
        writeU32(out.buffer, out.position, MAGIC);
        out.buffer[out.position + 4] = MIN_VERSION;
        out.buffer[out.position + 5] = MAX_VERSION;
        out.position += 6;
        const { streamWindowBytes: window, maxMessageBytes } = this.limits;
        writeJson(out, { window, maxMessageBytes, credentials: options.credentials });
        closeFrame(out, from);
        this.outbox.frameDone();
      }
      get pendingCount() {
        return this.#pendingCount;
      }
      bind(contract, codec) {
        return this.#binder.bind(contract, codec);
      }
      /** Throws where the arguments do not fit, having sent nothing. */
      send(call, operation) {
        const oneway2 = operation.wire.method.kind === "oneway";
        call.callId = this.#open(operation, call, oneway2 ? flag.ONEWAY : 0);
        call.sent = true;
        if (oneway2) this.outbox.whenLeft(() => call.succeed(void 0));
        else call.carrier = this;
        this.outbox.frameDone(this.#pendingCount);
      }
      openStream(request, operation) {
        let callId = -1;
        const reader = new StreamReader(
          this.limits.streamWindowBytes,
          (bytes) => this.signal(frame.CREDIT, callId, bytes),
          () => this.signal(frame.CANCEL, callId)
        );
        const { args, metadata, deadline = 0, onReplyMetadata: onMetadata } = request;
        callId = this.#open(
          operation,
          { args, metadata, dueMs: deadline, timeoutMs: void 0, reader, onMetadata },
          flag.STREAM
        );
        this.outbox.frameDone();
        return reader;
      }
      cancel(call) {
        const pending = this.#pending[call.callId];
        if (pending?.call !== call) return;
        pending.upstream?.close();
        this.signal(frame.CANCEL, call.callId);
      }
      /** Writes a CALL and opens its slot; a oneway has none. Returns the call's number. */
      #open(operation, target, flags) {
        const { method, request } = operation.wire;
        const { args, metadata } = target;
        const { out } = this.outbox;
        this.#checkRoom();
        const oneway2 = (flags & flag.ONEWAY) !== 0;
        const callId = oneway2 ? 0 : this.#free.pop() ?? this.#pending.length;
        const record = operation.pack(args);
        let callbacks = none;
        out.begin(this.outbox.maxMessageBytes);
        try {
          if (method.callbacks.length > 0) callbacks = this.#callbacks.handOver(operation.wire, args, record);
          const hasMetadata = metadata !== emptyMetadata;
          const from = openFrame(out, frame.CALL, hasMetadata ? flags | flag.METADATA : flags, 10);
          const { buffer, position } = out;
          writeU16(buffer, position, operation.number);
          writeU32(buffer, position + 2, callId);
          writeU32(buffer, position + 6, this.#remainingMs(target));
          out.position = position + 10;
          if (hasMetadata) writeMetadata(out, metadata);
          request.encodeInto(record, out);
          closeFrame(out, from);
        } catch (error) {
          out.rollback();
          if (!oneway2 && callId < this.#pending.length) this.#free.push(callId);
          this.#callbacks.releaseUnlessRetained(callbacks);
          throw error;
        }
        if (!oneway2) {
          const upstream = method.streamParam < 0 ? void 0 : new Credit(this.#serverWindow);
          this.#pending[callId] = new Pending(operation, target, upstream, callbacks);
          this.#pendingCount++;
          if (upstream) void this.#pumpUp(callId, operation, args[method.streamParam], upstream);
        }
        return callId;
      }
      #checkRoom() {
        const { maxQueuedBytes } = this.limits;
        if (this.#pendingCount >= this.#maxPendingCalls) throw exhausted2("maxPendingCalls", this.#maxPendingCalls);
        if (this.outbox.bufferedBytes > maxQueuedBytes) throw exhausted2("maxQueuedBytes", maxQueuedBytes);
      }
      /** 0 for "no deadline". A call that has just begun has all of its time: no look at the clock. */
      #remainingMs({ timeoutMs, dueMs }) {
        if (timeoutMs === void 0 && dueMs === 0) return 0;
        const left = timeoutMs ?? dueMs - this.platform.now();
        return Math.min(4294967295, Math.max(1, Math.ceil(left)));
      }
      async #pumpUp(callId, operation, source, credit) {
        const codec = operation.wire.upstream;
        if (!codec) return;
        try {
          await pump(source, credit, (item) => this.sendItem(callId, operation.packItem(item), codec, credit));
          if (!credit.closed) this.signal(frame.END, callId);
        } catch (thrown) {
          if (credit.closed) return;
          const error = RpcError.is(thrown) ? thrown : new RpcError({
            code: "CANCELLED",
            message: `the stream passed as an argument failed: ${String(thrown)}`,
            cause: thrown
          });
          const pending = this.#pending[callId];
          this.signal(frame.CANCEL, callId);
          pending?.stream?.reader.end(error);
          pending?.call?.abandon(error);
        }
      }
      onFrame(type, flags, bytes, body, end) {
        if (type === frame.REPLY) this.#onReply(flags, bytes, body, end);
        else if (!this.ready && type !== frame.WELCOME && type !== frame.CUT)
          throw protocolError("the first frame is not WELCOME");
        else this.#onOther(type, flags, bytes, body, end);
      }
      #onReply(flags, bytes, body, end) {
        const { operation, target: call, callbacks, upstream } = this.#pendingOf(bytes, body, end);
        if (isStream(call)) throw protocolError("a REPLY to a stream");
        let start = body + 4;
        if ((flags & flag.METADATA) !== 0) {
          const from = start;
          start = metadataEnd(bytes, from, end);
          call.replyMetadata = readMetadata(bytes, from, start);
        }
        this.#vacate(readU32(bytes, body));
        upstream?.close();
        if (callbacks !== none) this.#callbacks.releaseUnlessRetained(callbacks);
        if (call.settled) return;
        let value;
        try {
          value = operation.unpackResult(operation.wire.response.decode(bytes, start, end));
        } catch (error) {
          call.fail(unreadable(operation, error));
          return;
        }
        call.succeed(value);
      }
      /** What a final frame ends. It keeps its number until the frame proves sound: the cut of a bad one must settle it too. */
      #pendingOf(bytes, body, end) {
        this.need(body, end, 4);
        const callId = readU32(bytes, body);
        const pending = this.#pending[callId];
        if (pending === void 0) throw protocolError(`an answer to call ${callId}, which nobody made`);
        return pending;
      }
      /** The number may be used again. */
      #vacate(callId) {
        this.#pending[callId] = void 0;
        this.#free.push(callId);
        this.#pendingCount--;
        if (this.#pendingCount === 0 && this.draining) this.platform.afterTurn(() => this.#finishIfIdle());
      }
      #onOther(type, flags, bytes, body, end) {
        switch (type) {
          case frame.DATA:
            this.need(body, end, 4);
            this.#onItem(readU32(bytes, body), bytes, body + 4, end);
            return;
          case frame.ERROR: {
            const pending = this.#pendingOf(bytes, body, end);
            const error = readError(bytes, body + 4, end, pending.operation.wire);
            this.#vacate(readU32(bytes, body));
            this.#settle(pending, error);
            return;
          }
          case frame.END: {
            const pending = this.#pendingOf(bytes, body, end);
            const { stream: stream2 } = pending;
            if (stream2 === void 0) throw protocolError("an END for a call that is not a stream");
            const hasMetadata = (flags & flag.METADATA) !== 0;
            const metadata = hasMetadata && readMetadata(bytes, body + 4, metadataEnd(bytes, body + 4, end));
            this.#vacate(readU32(bytes, body));
            this.#settle(pending, void 0);
            if (metadata) this.#tell(stream2, metadata);
            return;
          }
          case frame.CREDIT:
            this.need(body, end, 8);
            this.#pending[readU32(bytes, body)]?.upstream?.add(readU32(bytes, body + 4));
            return;
          case frame.INVOKE:
            this.need(body, end, 12);
            this.#callbacks.invoke(readU32(bytes, body), readU32(bytes, body + 4), bytes, body + 12, end);
            return;
          case frame.RETAIN:
            this.need(body, end, 4);
            this.#callbacks.retain(readU32(bytes, body));
            return;
          case frame.RELEASE:
            this.need(body, end, 4);
            this.#callbacks.release(readU32(bytes, body));
            return;
          case frame.WELCOME:
            return this.#onWelcome(bytes, body, end);
          case frame.BOUND:
            this.need(body, end, 2);
            return this.#binder.onBound(readU16(bytes, body), readJson(bytes, body + 2, end));
          case frame.GOAWAY:
            this.draining = true;
            this.#options.onGoaway(this, String(readJson(bytes, body, end)["reason"]).slice(0, 200));
            this.#finishIfIdle();
            return;
          default:
            this.onCommonFrame(type, bytes, body, end);
        }
      }
      #onItem(callId, bytes, start, end) {
        const pending = this.#pending[callId];
        const reader = pending?.stream?.reader;
        if (!pending || !reader || reader.ended) return;
        let item;
        try {
          item = pending.operation.unpackResult(pending.operation.wire.response.decode(bytes, start, end));
        } catch (error) {
          reader.end(unreadable(pending.operation, error));
          this.signal(frame.CANCEL, callId);
          return;
        }
        if (!reader.push(item, end - start + ITEM_OVERHEAD_BYTES))
          throw protocolError("a stream sent more than its credit");
      }
      /** What the caller's function throws must not cost the connection. */
      #tell(stream2, metadata) {
        try {
          stream2.onMetadata?.(metadata);
        } catch (error) {
          this.#options.onError(RpcError.from(error, "onReplyMetadata threw"));
        }
      }
      #settle(pending, error) {
        pending.upstream?.close();
        if (pending.callbacks !== none) this.#callbacks.releaseUnlessRetained(pending.callbacks);
        if (pending.stream) pending.stream.reader.end(error);
        else if (error) pending.call?.fail(error);
      }
      #onWelcome(bytes, body, end) {
        if (this.ready) throw protocolError("a second WELCOME");
        this.need(body, end, 1);
        const version = bytes[body];
        if (version < MIN_VERSION || version > MAX_VERSION)
          throw protocolError(`the server chose version ${version}, which was not offered`);
        const { instance, window, maxMessageBytes, maxPendingCalls } = readJson(bytes, body + 1, end);
        this.#maxPendingCalls = readLimit(maxPendingCalls, this.limits.maxPendingCalls);
        this.outbox.maxMessageBytes = readLimit(maxMessageBytes, this.limits.maxMessageBytes);
        this.instance = String(instance);
        this.#serverWindow = Number(window) || 0;
        this.ready = true;
        this.established();
        this.#options.onReady(this);
      }
      /** No new calls; ends when the last one has its answer. */
      drain() {
        this.draining = true;
        this.#finishIfIdle();
      }
      #finishIfIdle() {
        if (this.draining && this.#pendingCount === 0 && !this.closed) this.finish();
      }
      onLost(error) {
        this.#binder.lost(error);
        const pending = this.#pending.splice(0);
        this.#pendingCount = 0;
        this.#callbacks.clear();
        this.#options.onLost(this, error);
        for (const one of pending) {
          if (!one) continue;
          one.upstream?.close();
          const { method } = one.operation.wire;
          one.stream?.reader.end(lost(error, method.name, true));
          one.call?.fail(lost(error, method.name, method.idempotent));
        }
      }
    };
    none = Object.freeze([]);
  }
});

// core/wire/link.ts
function closedError(url) {
  return new RpcError({ code: "UNAVAILABLE", message: `the connection to ${url} was closed by this side` });
}
var WireLink, WirePort;
var init_link = __esm({
  "core/wire/link.ts"() {
    "use strict";
    init_backoff();
    init_error();
    init_client_session();
    WireLink = class {
      url;
      state = "connecting";
      reason;
      #options;
      #session;
      /** Sessions that a server asked to leave, with calls in progress. */
      #leaving = /* @__PURE__ */ new Set();
      #ports = /* @__PURE__ */ new Set();
      #listeners = /* @__PURE__ */ new Set();
      #attempt = 0;
      #stopRetry;
      #idle = [];
      constructor(options) {
        this.url = options.url;
        this.#options = options;
        this.#connect();
      }
      get instance() {
        return this.#session?.instance;
      }
      get pending() {
        return this.#session?.pendingCount ?? 0;
      }
      get session() {
        return this.state === "ready" ? this.#session : void 0;
      }
      onState(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      }
      async bind(contract, codec) {
        const port = new WirePort(this, contract, codec);
        this.#ports.add(port);
        const session = this.#session;
        if (session?.ready) {
          try {
            await port.attach(session);
          } catch (error) {
            if (!session.closed) {
              this.#ports.delete(port);
              throw error;
            }
          }
        }
        return port;
      }
      #connect() {
        const { dial, environment, limits } = this.#options;
        const { platform } = environment;
        dial((pipe) => {
          const session = new ClientSession(pipe, {
            platform,
            limits,
            credentials: environment.credentials(),
            onReady: (ready) => void this.#onReady(ready),
            onGoaway: (leaving) => this.#onGoaway(leaving),
            onLost: (lost2, error) => this.#onLost(lost2, error),
            onError: environment.onError
          });
          this.#session = session;
          if (this.state === "closed") session.cut(closedError(this.url));
          return session;
        }).catch((thrown) => {
          if (this.#session === void 0) this.#down(RpcError.from(thrown, String(thrown)));
        });
      }
      /** The handshake is done; the contracts that were bound before are agreed on again before calls go this way. */
      async #onReady(session) {
        await Promise.all(
          [...this.#ports].map(
            (port) => port.attach(session).catch((error) => {
              if (!session.closed) port.refuse(RpcError.from(error, String(error)));
            })
          )
        );
        if (session.closed || this.#session !== session || this.state === "closed") return;
        this.#attempt = 0;
        this.reason = void 0;
        this.#to(session.draining ? "draining" : "ready");
      }
      #onGoaway(session) {
        if (this.#session !== session || session.closed) return;
        this.#session = void 0;
        this.#leaving.add(session);
        if (this.state === "closed") return;
        this.#to("draining");
        this.#retryLater();
      }
      #onLost(session, error) {
        this.#leaving.delete(session);
        if (this.#leaving.size === 0 && (this.#session === session || this.#session === void 0)) {
          for (const done of this.#idle.splice(0)) done();
        }
        if (this.#session !== session) return;
        this.#session = void 0;
        if (this.state !== "closed") this.#down(error);
      }
      #down(error) {
        if (this.state === "closed") return;
        this.reason = error;
        this.#to("down");
        this.#retryLater();
      }
      #retryLater() {
        const { environment, backoff } = this.#options;
        this.#stopRetry?.();
        this.#stopRetry = environment.platform.schedule(backoffMs(this.#attempt++, backoff, environment.platform), () => {
          this.#stopRetry = void 0;
          if (this.state === "closed") return;
          this.#connect();
        });
      }
      #to(state) {
        this.state = state;
        for (const listener of [...this.#listeners]) listener();
      }
      async close() {
        if (this.state === "closed") return;
        this.#stopRetry?.();
        const session = this.#session;
        this.#to("closed");
        const idle = new Promise((resolve2) => this.#idle.push(resolve2));
        session?.drain();
        if ((session === void 0 || session.closed) && this.#leaving.size === 0) return;
        await idle;
      }
      destroy(error) {
        this.#stopRetry?.();
        if (this.state !== "closed") this.#to("closed");
        this.#session?.cut(error);
        for (const session of [...this.#leaving]) session.cut(error);
      }
    };
    WirePort = class {
      #link;
      #contract;
      #codec;
      #session;
      #operations = [];
      #refused;
      constructor(link, contract, codec) {
        this.#link = link;
        this.#contract = contract;
        this.#codec = codec;
      }
      async attach(session) {
        this.#operations = await session.bind(this.#contract, this.#codec);
        this.#session = session;
        this.#refused = void 0;
      }
      /** The server of this endpoint does not serve the contract; the link may still serve others. */
      refuse(error) {
        this.#refused = error;
        this.#session = void 0;
      }
      get refused() {
        return this.#refused;
      }
      send(call) {
        const operation = this.#operations[call.method.index];
        const session = this.#session;
        if (session === void 0 || session.closed || session.draining || operation === void 0) {
          call.fail(this.#why(session, call.method.name));
          return;
        }
        session.send(call, operation);
      }
      open(request) {
        const operation = this.#operations[request.method.index];
        const session = this.#session;
        if (session === void 0 || session.closed || session.draining || operation === void 0)
          throw this.#why(session, request.method.name);
        return session.openStream(request, operation);
      }
      #why(session, method) {
        if (this.#refused) return this.#refused;
        if (session !== void 0 && !session.closed && !session.draining) {
          return new RpcError({
            code: "UNIMPLEMENTED",
            message: `${this.#contract.name} at ${this.#link.url} has no ${method}; deploy a server that has, or check the contract`,
            retryable: true
          });
        }
        const reason = this.#link.reason?.message ?? this.#link.state;
        return new RpcError({
          code: "UNAVAILABLE",
          message: `${this.#link.url} is not connected: ${reason}`,
          retryable: true
        });
      }
    };
  }
});

// transports/tcp/options.ts
function resolveTcpOptions(options = {}) {
  return {
    limits: resolveWireLimits(options.limits),
    backoff: { ...defaultBackoff, ...options.backoff },
    connectTimeoutMs: options.connectTimeoutMs ?? 5e3,
    readBuffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    tls: options.tls
  };
}
function parseAddress(url) {
  if (url.startsWith("unix://")) {
    const path = url.slice("unix://".length);
    if (path === "") throw new TypeError(`${url}: expected the path of a socket, as in unix:///run/orders.sock`);
    return { path };
  }
  const match = /^(?:tcp|tls):\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(url);
  const port = Number(match?.[2]);
  if (!match || port > 65535) throw new TypeError(`${url}: expected tcp://host:port with a port from 0 to 65535`);
  return { host: match[1].replace(/^\[|\]$/g, ""), port };
}
var READ_BUFFER_BYTES;
var init_options2 = __esm({
  "transports/tcp/options.ts"() {
    "use strict";
    init_backoff();
    init_limits();
    READ_BUFFER_BYTES = 64 * 1024;
  }
});

// transports/tcp/pipe.ts
function identityOf(socket) {
  const tls = socket;
  if (tls.encrypted !== true || !tls.authorized || typeof tls.getPeerCertificate !== "function") return void 0;
  return tls.getPeerCertificate()?.subject;
}
var SocketPipe;
var init_pipe = __esm({
  "transports/tcp/pipe.ts"() {
    "use strict";
    init_error();
    SocketPipe = class {
      peerAddress;
      peerIdentity;
      #socket;
      #user;
      constructor(socket, address) {
        this.#socket = socket;
        this.peerAddress = address;
        this.peerIdentity = identityOf(socket);
      }
      /** Hands the socket's events to `user`, once. */
      attach(user, readsItself) {
        const socket = this.#socket;
        let failure;
        socket.setNoDelay(true);
        if (!readsItself) socket.on("data", (chunk) => user.onBytes(chunk));
        this.#user = user;
        socket.on("error", (error) => {
          failure = new RpcError({ code: "UNAVAILABLE", message: `${this.peerAddress}: ${error.message}`, cause: error });
        });
        socket.on("close", () => user.onClose(failure));
        socket.on("end", () => socket.destroy());
      }
      get bufferedBytes() {
        return this.#socket.writableLength;
      }
      write(bytes, done) {
        const socket = this.#socket;
        socket.write(bytes, () => {
          done();
          if (socket.writableLength === 0) this.#user?.onDrain();
        });
      }
      pause() {
        this.#socket.pause();
      }
      resume() {
        this.#socket.resume();
      }
      end() {
        this.#socket.end(() => this.#socket.destroy());
      }
      destroy() {
        this.#socket.destroy();
      }
    };
  }
});

// transports/tcp/client.ts
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
function connectLink(url, environment, options) {
  return new WireLink({
    url,
    environment,
    limits: options.limits,
    backoff: options.backoff,
    dial: dialer(url, options)
  });
}
function dialer(url, options) {
  const address = parseAddress(url);
  const secure = options.tls !== void 0 || url.startsWith("tls:");
  return (user) => new Promise((resolve2, reject) => {
    let attached;
    const onread = {
      buffer: options.readBuffer,
      callback: (length, buffer) => {
        attached?.onBytes(buffer.subarray(0, length));
        return true;
      }
    };
    const socket = secure ? connectTls({ ...address, ...options.tls }) : connectTcp({ ...address, onread });
    const refuse3 = (why, cause) => {
      socket.destroy();
      reject(
        new RpcError({
          code: "UNAVAILABLE",
          message: `cannot connect to ${url}: ${why}; is a server listening there?`,
          cause,
          retryable: true
        })
      );
    };
    const timer = setTimeout(
      () => refuse3(`no answer within connectTimeoutMs (${options.connectTimeoutMs})`),
      options.connectTimeoutMs
    );
    const onError = (error) => {
      clearTimeout(timer);
      refuse3(error.message, error);
    };
    socket.once("error", onError);
    socket.once(secure ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      socket.off("error", onError);
      const pipe = new SocketPipe(socket, url);
      try {
        attached = user(pipe);
      } catch (error) {
        refuse3(error instanceof Error ? error.message : String(error), error);
        return;
      }
      pipe.attach(attached, !secure);
      resolve2();
    });
  });
}
var init_client2 = __esm({
  "transports/tcp/client.ts"() {
    "use strict";
    init_error();
    init_link();
    init_options2();
    init_pipe();
  }
});

// core/promise.ts
function isPromise2(value) {
  return typeof value === "object" && value !== null && typeof value.then === "function";
}
var init_promise = __esm({
  "core/promise.ts"() {
    "use strict";
  }
});

// core/wire/invoker.ts
var DEFAULT_TIMEOUT_MS2, Invoker, methodShape2;
var init_invoker = __esm({
  "core/wire/invoker.ts"() {
    "use strict";
    init_callback();
    init_error();
    init_outgoing();
    init_arguments();
    init_frame();
    init_protocol_error();
    DEFAULT_TIMEOUT_MS2 = 3e4;
    Invoker = class {
      #outbox;
      #limits;
      #host;
      #signal;
      #pending = [];
      #free = [];
      /** What must be released when a call ends. */
      #attached = /* @__PURE__ */ new Map();
      #lost;
      constructor(outbox, limits, host, signal) {
        this.#outbox = outbox;
        this.#limits = limits;
        this.#host = host;
        this.#signal = signal;
      }
      /** Puts functions where the arguments hold the numbers of callbacks. */
      attach(call, callbacks, args) {
        const attached = callbacks.map((wire) => {
          const { position } = wire.descriptor;
          const state = { id: args[position], open: true, retained: false };
          args[position] = this.#functionOf(wire, state, call);
          return state;
        });
        this.#attached.set(call, attached);
      }
      /** The call has ended: what was not retained is released. */
      detach(call) {
        for (const state of this.#attached.get(call) ?? []) if (!state.retained) state.open = false;
        this.#attached.delete(call);
      }
      #functionOf(wire, state, owner) {
        const { descriptor } = wire;
        const pack = packFields(
          descriptor.bareRequest,
          descriptor.request.fields.map((field2) => field2.name)
        );
        const invoke = (...args) => {
          const call = new OutgoingCall(this, this.#host.wheel, { ...methodShape2, name: descriptor.name }, args);
          if (this.#lost) call.fail(this.#lost);
          else if (!state.open) {
            call.fail(
              new RpcError({
                code: "FAILED_PRECONDITION",
                message: `${descriptor.name}: the callback was released: its call has ended; use retain(callback) in the handler to keep it`
              })
            );
          } else this.#send(call, wire, state.id, pack(args), owner.over ? void 0 : owner.deadline);
          return call.promise;
        };
        const handle = {
          retain: () => {
            if (!state.open || state.retained) return;
            state.retained = true;
            this.#signal(frame.RETAIN, state.id);
          },
          release: () => {
            if (!state.open) return;
            state.open = false;
            this.#signal(frame.RELEASE, state.id);
          }
        };
        return Object.defineProperty(invoke, HANDLE, { value: handle });
      }
      /** INVOKE = callback:u32 callId:u32 timeoutMs:u32 payload */
      #send(call, wire, id, record, deadline) {
        if (this.#pending.length - this.#free.length >= this.#limits.maxPendingCalls) {
          call.fail(
            new RpcError({
              code: "RESOURCE_EXHAUSTED",
              message: `${wire.descriptor.name}: maxPendingCalls (${this.#limits.maxPendingCalls}) callbacks are in progress`
            })
          );
          return;
        }
        if (this.#outbox.bufferedBytes > this.#limits.maxQueuedBytes) {
          const message = `${wire.descriptor.name}: maxQueuedBytes (${this.#limits.maxQueuedBytes}) wait for this client, which does not read`;
          call.fail(new RpcError({ code: "RESOURCE_EXHAUSTED", message }));
          return;
        }
        const now = this.#host.platform.now();
        const dueMs = deadline ?? now + DEFAULT_TIMEOUT_MS2;
        const callId = this.#free.pop() ?? this.#pending.length;
        const { out } = this.#outbox;
        out.begin(this.#outbox.maxMessageBytes);
        try {
          const from = openFrame(out, frame.INVOKE, 0, 12);
          writeU32(out.buffer, out.position, id);
          writeU32(out.buffer, out.position + 4, callId);
          writeU32(out.buffer, out.position + 8, Math.max(1, Math.ceil(dueMs - now)));
          out.position += 12;
          wire.request.encodeInto(record, out);
          closeFrame(out, from);
        } catch (error) {
          out.rollback();
          if (callId < this.#pending.length) this.#free.push(callId);
          call.fail(RpcError.from(error, "the callback's arguments could not be encoded"));
          return;
        }
        this.#pending[callId] = { call, wire };
        call.sent = true;
        call.startDeadline(now, dueMs - now);
        this.#outbox.frameDone();
      }
      onReply(callId, bytes, start, end) {
        const { call, wire } = this.#take(callId);
        try {
          call.succeed(unpackResult(wire.descriptor.bareResponse)(wire.response.decode(bytes, start, end)));
        } catch (error) {
          call.fail(RpcError.from(error, "the callback's result could not be read"));
        }
      }
      onError(callId, error) {
        this.#take(callId).call.fail(error);
      }
      #take(callId) {
        const pending = this.#pending[callId];
        if (pending === void 0) throw protocolError(`an answer to callback ${callId}, which nobody made`);
        this.#pending[callId] = void 0;
        this.#free.push(callId);
        return pending;
      }
      lost(error) {
        this.#lost = error;
        for (const pending of this.#pending.splice(0)) pending?.call.fail(error);
        this.#attached.clear();
      }
      retry() {
        return false;
      }
      settled() {
      }
    };
    methodShape2 = Object.freeze({
      name: "callback",
      index: 0,
      kind: "unary",
      params: Object.freeze([]),
      request: void 0,
      response: void 0,
      bareRequest: false,
      bareResponse: false,
      streamParam: -1,
      upstream: void 0,
      callbacks: Object.freeze([]),
      throws: Object.freeze([]),
      idempotent: false,
      untyped: false,
      topic: void 0
    });
  }
});

// core/wire/replier.ts
var Replier;
var init_replier = __esm({
  "core/wire/replier.ts"() {
    "use strict";
    init_error();
    init_frame();
    init_message();
    Replier = class {
      /** How many replies are likely to be ready together. */
      share = 1;
      #outbox;
      #limits;
      constructor(outbox, limits) {
        this.#outbox = outbox;
        this.#limits = limits;
      }
      /** REPLY = callId:u32 [metadata] payload */
      reply(call, value) {
        if (this.#outbox.bufferedBytes > this.#limits.maxQueuedBytes) return this.#unread(call);
        const { out, maxMessageBytes } = this.#outbox;
        const { operation } = call;
        out.begin(maxMessageBytes);
        try {
          const from = this.#open(frame.REPLY, call);
          operation.wire.response.encodeInto(operation.pack(value), out);
          closeFrame(out, from);
        } catch (cause) {
          out.rollback();
          const reason = cause instanceof Error ? cause.message : String(cause);
          const code = RpcError.is(cause) && cause.code === "RESOURCE_EXHAUSTED" ? cause.code : "INTERNAL";
          const message = `${call.method}: the handler's result cannot be sent: ${reason}`;
          this.error(call.callId, new RpcError({ code, message, cause }), void 0);
          return;
        }
        this.#outbox.frameDone(this.share);
      }
      /** END = callId:u32 [metadata] */
      end(call) {
        const { out, maxMessageBytes } = this.#outbox;
        out.begin(maxMessageBytes);
        try {
          closeFrame(out, this.#open(frame.END, call));
        } catch (error) {
          out.rollback();
          this.error(call.callId, RpcError.from(error), void 0);
          return;
        }
        this.#outbox.frameDone();
      }
      /** ERROR; the declared errors of `wire` travel with their fields. */
      error(callId, error, wire) {
        const { out, maxMessageBytes } = this.#outbox;
        if (this.#outbox.closed) return;
        try {
          writeError(out, callId, error, wire, maxMessageBytes);
        } catch {
          out.rollback();
          writeError(out, callId, error, void 0);
        }
        this.#outbox.frameDone(this.share);
      }
      #unread({ callId, method }) {
        const message = `${method}: the call was done, but maxQueuedBytes (${this.#limits.maxQueuedBytes}) of replies wait for this client, which does not read them`;
        this.error(callId, new RpcError({ code: "RESOURCE_EXHAUSTED", message }), void 0);
      }
      #open(type, { callId, replyMetadata }) {
        const { out } = this.#outbox;
        const from = openFrame(out, type, replyMetadata === void 0 ? 0 : flag.METADATA, 4);
        writeU32(out.buffer, out.position, callId);
        out.position += 4;
        if (replyMetadata !== void 0) writeMetadata(out, replyMetadata);
        return from;
      }
    };
  }
});

// core/wire/server-operation.ts
function bindOperations(ask2, host, limits, peer) {
  const service2 = host.find(ask2.service, ask2.version, ask2.group);
  if (RpcError.is(service2)) throw service2;
  const codec = host.codecs.get(ask2.codec);
  if (codec === void 0) {
    const known = [...host.codecs.keys()].join(", ");
    const message = `the server has no codec ${ask2.codec.slice(0, 40)}; it has ${known}`;
    throw new RpcError({ code: "UNIMPLEMENTED", message });
  }
  const { contract } = service2;
  const same = contract.fingerprint === ask2.fingerprint;
  if (!same && ask2.contract === void 0) return { answer: { send: "contract" }, operations: void 0 };
  const foreign = same ? void 0 : new ForeignContract(ask2.contract);
  const compiled = compileOperations(contract, { codec, limits, foreign });
  const byName = new Map(compiled.map((wire, i) => [contract.operations[i]?.name, wire]));
  const operations = ask2.operations.map((name) => {
    const wire = byName.get(name);
    const served = wire && service2.operations[wire.method.index];
    if (wire === void 0 || served === void 0) return `${contract.name}.${name.slice(0, 200)}`;
    const origin = { service: contract.name, method: wire.method.name, instance: host.instance, peer };
    return serverOperation(wire, served, origin);
  });
  const answer = { fingerprint: contract.fingerprint, ...same ? {} : { contract: printContract(contract) } };
  return { answer, operations };
}
function serverOperation(wire, served, origin) {
  const { method } = wire;
  return {
    wire,
    served,
    origin,
    unpack: unpacker(method),
    pack: packResult(method.bareResponse, method.response.fields.length === 0),
    unpackItem: unpackResult(method.upstream?.bare ?? true),
    plain: method.kind === "unary" && method.streamParam < 0 && method.callbacks.length === 0
  };
}
var WireCall;
var init_server_operation = __esm({
  "core/wire/server-operation.ts"() {
    "use strict";
    init_error();
    init_fingerprint();
    init_incoming();
    init_arguments();
    init_foreign();
    init_operation2();
    WireCall = class extends ServedCall {
      operation;
      callId;
      upstream = void 0;
      downstream = void 0;
      constructor(operation, callId, metadata, deadline, wheel) {
        super(operation.origin, metadata, deadline, wheel);
        this.operation = operation;
        this.callId = callId;
      }
    };
  }
});

// core/wire/server-session.ts
function noSuchOperation(path) {
  return new RpcError({
    code: "UNIMPLEMENTED",
    message: `the service has no ${path}; deploy a server that has, or check the contract`,
    retryable: true
  });
}
var MAX_OPERATIONS, MAX_NAME_LENGTH, ServerSession;
var init_server_session = __esm({
  "core/wire/server-session.ts"() {
    "use strict";
    init_error();
    init_metadata();
    init_promise();
    init_frame();
    init_invoker();
    init_message();
    init_protocol_error();
    init_replier();
    init_server_operation();
    init_session();
    init_stream2();
    MAX_OPERATIONS = 65536;
    MAX_NAME_LENGTH = 200;
    ServerSession = class extends Session {
      #host;
      #onLostHook;
      #peer;
      #state = "new";
      #clientWindow = 0;
      #operations = [];
      #bindings = 0;
      #active = [];
      #onewayCount = 0;
      #streams = 0;
      #invoker;
      #replier;
      constructor(pipe, options) {
        super(pipe, options.host.platform, options.limits);
        this.#host = options.host;
        this.#onLostHook = options.onLost;
        this.#peer = { address: pipe.peerAddress, identity: pipe.peerIdentity };
        this.#replier = new Replier(this.outbox, this.limits);
        this.#invoker = new Invoker(this.outbox, this.limits, options.host, (type, id) => this.signal(type, id));
      }
      onBytes(bytes) {
        this.#replier.share = 0;
        super.onBytes(bytes);
      }
      onFrame(type, flags, bytes, body, end) {
        if (type === frame.CALL && this.#state === "ready") this.#onCall(flags, bytes, body, end);
        else if (this.#state !== "ready" && type !== frame.HELLO && type !== frame.CUT)
          throw protocolError("the first frame is not HELLO");
        else this.#onOther(type, bytes, body, end);
      }
      #onCall(flags, bytes, body, end) {
        this.need(body, end, 10);
        this.#replier.share++;
        const operation = this.#operations[readU16(bytes, body)];
        const callId = readU32(bytes, body + 2);
        const timeoutMs = readU32(bytes, body + 6);
        let start = body + 10;
        const oneway2 = (flags & flag.ONEWAY) !== 0;
        if (!oneway2) this.#checkCallId(callId);
        let metadata = emptyMetadata;
        if ((flags & flag.METADATA) !== 0) {
          const from = start;
          start = metadataEnd(bytes, from, end);
          metadata = readMetadata(bytes, from, start);
        }
        if (operation === void 0) throw protocolError("an operation that was not bound");
        if (typeof operation === "string") {
          if (!oneway2) this.#replier.error(callId, noSuchOperation(operation), void 0);
          return;
        }
        const { kind, name } = operation.wire.method;
        if (kind === "oneway" !== oneway2 || kind === "stream" !== ((flags & flag.STREAM) !== 0)) {
          throw protocolError(`${name} was not called as the ${kind} method that it is`);
        }
        const deadline = timeoutMs === 0 ? void 0 : this.arrivedAt() + timeoutMs;
        const call = new WireCall(operation, callId, metadata, deadline, this.#host.wheel);
        let args;
        try {
          args = operation.unpack(operation.wire.request.decode(bytes, start, end));
        } catch (error) {
          if (oneway2) this.#host.onError(error);
          else this.#replier.error(callId, RpcError.from(error, "the arguments could not be read"), operation.wire);
          return;
        }
        if (oneway2) this.#serveOneway(call, args);
        else if (operation.plain || this.#openStreams(call, args)) this.#serve(call, args);
      }
      /** A number beyond the limit would make a sparse table of any size; one in use would mix up two calls. */
      #checkCallId(callId) {
        const { maxPendingCalls } = this.limits;
        if (callId >= maxPendingCalls) {
          throw protocolError(`call number ${callId} is over maxPendingCalls (${maxPendingCalls})`);
        }
        if (this.#active[callId] !== void 0) throw protocolError(`call number ${callId} is in use`);
      }
      #serveOneway(call, args) {
        if (this.#onewayCount >= this.limits.maxPendingCalls) {
          const message = `${call.method}: a oneway call was dropped, because maxPendingCalls are in progress`;
          this.#host.onError(new RpcError({ code: "RESOURCE_EXHAUSTED", message }));
          return;
        }
        const failed = (error) => {
          call.finish();
          this.#host.onError(error);
        };
        try {
          const result = call.operation.served.invoke(call, args);
          if (!isPromise2(result)) return call.finish();
          this.#onewayCount++;
          result.then(() => call.finish(), failed).finally(() => {
            this.#onewayCount--;
          });
        } catch (error) {
          failed(error);
        }
      }
      /** Opens what a call needs beside its arguments; false if there are too many streams, and the call was refused. */
      #openStreams(call, args) {
        const { callId, operation } = call;
        const { kind, streamParam, callbacks } = operation.wire.method;
        const { maxStreams, streamWindowBytes } = this.limits;
        if (kind === "stream" || streamParam >= 0) {
          if (this.#streams >= maxStreams) {
            const message = `maxStreams (${maxStreams}) are open on this connection; close some`;
            this.#replier.error(callId, new RpcError({ code: "RESOURCE_EXHAUSTED", message, retryable: true }), void 0);
            return false;
          }
          this.#streams++;
        }
        if (kind === "stream") call.downstream = new Credit(this.#clientWindow);
        if (streamParam >= 0) {
          const grant = (bytes) => this.signal(frame.CREDIT, callId, bytes);
          call.upstream = new StreamReader(streamWindowBytes, grant, () => {
          });
          args[streamParam] = call.upstream;
        }
        if (callbacks.length > 0) this.#invoker.attach(call, operation.wire.callbacks, args);
        return true;
      }
      #serve(call, args) {
        this.#active[call.callId] = call;
        let result;
        try {
          result = call.operation.served.invoke(call, args);
        } catch (error) {
          this.#fail(call, error);
          return;
        }
        if (call.downstream) void this.#pumpDown(call, call.downstream, result);
        else if (isPromise2(result)) {
          result.then(
            (value) => this.#done(call, value),
            (error) => this.#fail(call, error)
          );
        } else this.#done(call, result);
      }
      async #pumpDown(call, credit, result) {
        const { operation, callId } = call;
        try {
          const source = await result;
          const { response } = operation.wire;
          await pump(source, credit, (item) => this.sendItem(callId, operation.pack(item), response, credit));
          if (this.#close(call)) this.#replier.end(call);
        } catch (error) {
          this.#fail(call, error);
        }
      }
      /** Frees the number; false if the call was over before, or the connection is gone. */
      #close(call) {
        if (this.closed || this.#active[call.callId] !== call) return false;
        this.#active[call.callId] = void 0;
        call.finish();
        if (!call.operation.plain) {
          if (call.upstream || call.downstream) this.#streams--;
          call.upstream?.end();
          call.downstream?.close();
          if (call.operation.wire.callbacks.length > 0) this.#invoker.detach(call);
        }
        return true;
      }
      #done(call, value) {
        if (this.#close(call)) this.#replier.reply(call, value);
      }
      #fail(call, thrown) {
        if (!this.#close(call)) return;
        if (!RpcError.is(thrown)) this.#host.onError(thrown);
        this.#replier.error(call.callId, RpcError.from(thrown), call.operation.wire);
      }
      #onOther(type, bytes, body, end) {
        switch (type) {
          case frame.CANCEL: {
            this.need(body, end, 4);
            const call = this.#active[readU32(bytes, body)];
            if (call) this.#onCancel(call);
            return;
          }
          case frame.DATA:
            this.need(body, end, 4);
            this.#onItem(this.#active[readU32(bytes, body)], bytes, body + 4, end);
            return;
          case frame.END:
            this.need(body, end, 4);
            this.#active[readU32(bytes, body)]?.upstream?.end();
            return;
          case frame.CREDIT:
            this.need(body, end, 8);
            this.#active[readU32(bytes, body)]?.downstream?.add(readU32(bytes, body + 4));
            return;
          case frame.REPLY:
            this.need(body, end, 4);
            this.#invoker.onReply(readU32(bytes, body), bytes, body + 4, end);
            return;
          case frame.ERROR:
            this.need(body, end, 7);
            this.#invoker.onError(readU32(bytes, body), readError(bytes, body + 4, end, void 0));
            return;
          case frame.HELLO:
            return this.#onHello(bytes, body, end);
          case frame.BIND:
            return this.#onBind(bytes, body, end);
          default:
            this.onCommonFrame(type, bytes, body, end);
        }
      }
      #onItem(call, bytes, start, end) {
        const codec = call?.operation.wire.upstream;
        if (!call?.upstream || !codec) return;
        let item;
        try {
          item = call.operation.unpackItem(codec.decode(bytes, start, end));
        } catch (error) {
          this.#fail(call, RpcError.from(error, "an item of the stream could not be read"));
          return;
        }
        if (!call.upstream.push(item, end - start + ITEM_OVERHEAD_BYTES)) {
          throw protocolError("a stream sent more than its credit");
        }
      }
      #onCancel(call) {
        const reason = new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
        call.abort(reason);
        call.upstream?.end(reason);
        this.#fail(call, reason);
      }
      #onHello(bytes, body, end) {
        if (this.#state !== "new") throw protocolError("a second HELLO");
        this.need(body, end, 6);
        if (readU32(bytes, body) !== MAGIC) throw protocolError("the client does not speak this protocol");
        const least = bytes[body + 4];
        const most = bytes[body + 5];
        if (least > MAX_VERSION || most < MIN_VERSION) {
          throw protocolError(
            `the client speaks versions ${least} to ${most}, this server ${MIN_VERSION} to ${MAX_VERSION}; upgrade the older one`
          );
        }
        const hello = readJson(bytes, body + 6, end);
        this.#clientWindow = Math.min(Number(hello["window"]) || 0, 2 ** 31);
        this.outbox.maxMessageBytes = readLimit(hello["maxMessageBytes"], this.limits.maxMessageBytes);
        this.#state = "authenticating";
        this.#host.authenticate(hello["credentials"], this.#peer).then(
          (identity2) => this.#welcome(identity2, Math.min(most, MAX_VERSION)),
          (error) => {
            const message = RpcError.is(error) ? error.message : "the server refused the credentials";
            this.cut(new RpcError({ code: "UNAUTHENTICATED", message, cause: error }), true);
          }
        );
      }
      #welcome(identity2, version) {
        if (this.closed) return;
        this.#peer = Object.freeze({ address: this.#peer.address, identity: identity2 ?? this.#peer.identity });
        this.#state = "ready";
        const { streamWindowBytes: window, maxMessageBytes, maxPendingCalls } = this.limits;
        const { instance } = this.#host;
        this.control(frame.WELCOME, [version], { instance, window, maxMessageBytes, maxPendingCalls });
        this.established();
      }
      #onBind(bytes, body, end) {
        this.need(body, end, 4);
        const base = readU16(bytes, body + 2);
        const ask2 = readJson(bytes, body + 4, end);
        const names2 = ask2["operations"];
        if (!Array.isArray(names2) || !names2.every((name) => typeof name === "string" && name.length <= MAX_NAME_LENGTH)) {
          throw protocolError(`BIND without operations, or with a name over ${MAX_NAME_LENGTH} characters`);
        }
        if (base > this.#operations.length || base + names2.length > MAX_OPERATIONS) {
          throw protocolError("BIND leaves a gap between operation numbers");
        }
        const answer = (json2) => this.control(frame.BOUND, [bytes[body], bytes[body + 1]], json2);
        const text = (key) => String(ask2[key] ?? "");
        const request = {
          service: text("service"),
          version: text("version"),
          group: text("group"),
          codec: text("codec"),
          fingerprint: text("fingerprint"),
          operations: names2,
          contract: ask2["contract"]
        };
        let bound = names2;
        try {
          if (++this.#bindings > this.limits.maxBindings) {
            const message = `maxBindings (${this.limits.maxBindings}) services are bound on this connection`;
            throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
          }
          const result = bindOperations(request, this.#host, this.limits, this.#peer);
          answer(result.answer);
          if (result.operations === void 0) this.#bindings--;
          else bound = result.operations;
        } catch (error) {
          const { code, message } = RpcError.from(error, "the contract could not be bound");
          answer({ error: { code, message } });
        }
        bound.forEach((operation, i) => {
          this.#operations[base + i] = operation;
        });
      }
      /** Asks the client for no new calls; it ends the connection when it has every answer. */
      goaway(reason) {
        if (this.#state === "ready") this.control(frame.GOAWAY, [], { reason });
        else this.finish();
      }
      onLost(error) {
        for (const call of this.#active.splice(0)) {
          if (!call) continue;
          call.abort(error);
          call.upstream?.end(error);
          call.downstream?.close();
        }
        this.#invoker.lost(error);
        this.#onLostHook(this);
      }
    };
  }
});

// core/wire/acceptor.ts
var Acceptor;
var init_acceptor = __esm({
  "core/wire/acceptor.ts"() {
    "use strict";
    init_error();
    init_server_session();
    Acceptor = class {
      #host;
      #limits;
      #sessions = /* @__PURE__ */ new Set();
      #closing;
      #refusing = false;
      constructor(host, limits) {
        this.#host = host;
        this.#limits = limits;
      }
      get size() {
        return this.#sessions.size;
      }
      /** Takes a new pipe, or refuses it: `undefined` when the listener is full or closing. */
      accept(pipe) {
        if (this.#refusing) return void 0;
        if (this.#sessions.size >= this.#limits.maxConnections) {
          this.#host.onError(
            new RpcError({
              code: "RESOURCE_EXHAUSTED",
              message: `a connection from ${pipe.peerAddress} was refused: maxConnections (${this.#limits.maxConnections}) are open`
            })
          );
          return void 0;
        }
        const session = new ServerSession(pipe, {
          host: this.#host,
          limits: this.#limits,
          onLost: (lost2) => {
            this.#sessions.delete(lost2);
            if (this.#sessions.size === 0) this.#closing?.();
          }
        });
        this.#sessions.add(session);
        return session;
      }
      /** Says goodbye to every client and waits until they have left, or cuts them when `drainMs` is over. */
      async close(drainMs) {
        this.#refusing = true;
        if (this.#sessions.size === 0) return;
        const left = new Promise((resolve2) => {
          this.#closing = resolve2;
        });
        for (const session of [...this.#sessions]) session.goaway("the server is closing");
        const stop = this.#host.platform.schedule(drainMs, () => this.destroy());
        await left;
        stop();
      }
      destroy() {
        this.#refusing = true;
        const error = new RpcError({ code: "UNAVAILABLE", message: "the server is shutting down" });
        for (const session of [...this.#sessions]) session.cut(error);
      }
    };
  }
});

// transports/tcp/server.ts
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
async function listenOn(url, host, options) {
  const address = parseAddress(url);
  if (url.startsWith("tls:") && options.tls === void 0) {
    throw new TypeError(
      `${url}: a TLS server needs a key and a certificate; give transports: [tcp({ tls: { key, cert } })]`
    );
  }
  const acceptor = new Acceptor(host, options.limits);
  const accept = (socket) => {
    const from = "path" in address ? url : `tcp://${socket.remoteAddress}:${socket.remotePort}`;
    const pipe = new SocketPipe(socket, from);
    const user = acceptor.accept(pipe);
    if (user) pipe.attach(user, false);
    else {
      socket.on("error", () => {
      });
      socket.destroy();
    }
  };
  const { handshakeTimeoutMs } = options.limits;
  const server2 = options.tls ? createTlsServer({ handshakeTimeout: handshakeTimeoutMs, ...options.tls }, accept) : createTcpServer(accept);
  const sockets = /* @__PURE__ */ new Set();
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  server2.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server2.on("tlsClientError", (error) => host.onError(error));
  await listening(server2, url, "path" in address ? { path: address.path } : { host: address.host, port: address.port });
  server2.on("error", (error) => host.onError(error));
  return {
    url: boundUrl(server2, url),
    close: async (drainMs) => {
      const closed = new Promise((resolve2) => server2.close(() => resolve2()));
      await acceptor.close(drainMs);
      cutAll();
      await closed;
    },
    destroy: () => {
      server2.close();
      acceptor.destroy();
      cutAll();
    }
  };
}
function listening(server2, url, where) {
  return new Promise((resolve2, reject) => {
    server2.once("error", (error) => {
      const inUse = error.code === "EADDRINUSE";
      reject(
        new RpcError({
          code: inUse ? "ALREADY_EXISTS" : "UNAVAILABLE",
          message: inUse ? `${url}: the address is in use; stop what listens there, or choose another port (0 picks a free one)` : `${url}: ${error.message}`,
          cause: error
        })
      );
    });
    server2.listen({ ...where, backlog: 1024 }, () => {
      server2.removeAllListeners("error");
      resolve2();
    });
  });
}
function boundUrl(server2, url) {
  const address = server2.address();
  if (address === null || typeof address === "string") return url;
  return url.replace(/:\d+\/?$/, `:${address.port}`);
}
var init_server2 = __esm({
  "transports/tcp/server.ts"() {
    "use strict";
    init_error();
    init_acceptor();
    init_options2();
    init_pipe();
  }
});

// transports/tcp/index.ts
var tcp_exports = {};
__export(tcp_exports, {
  tcp: () => tcp
});
function tcp(options) {
  const resolved = resolveTcpOptions(options);
  return {
    scheme: "tcp",
    schemes: ["tls", "unix"],
    connect: (url, environment) => connectLink(url, environment, resolved),
    listen: (url, host) => listenOn(url, host, resolved)
  };
}
var init_tcp = __esm({
  "transports/tcp/index.ts"() {
    "use strict";
    init_client2();
    init_options2();
    init_server2();
  }
});

// core/foreign.ts
function refuseForeign() {
  throw new RpcError({ code: "INTERNAL", message: "a value cannot be written by a type that came from the peer" });
}
var init_foreign2 = __esm({
  "core/foreign.ts"() {
    "use strict";
    init_error();
  }
});

// core/ascii.ts
function readAscii(b, p, end) {
  switch (end - p) {
    case 0:
      return "";
    case 1:
      return f(b[p]);
    case 2:
      return f(b[p], b[p + 1]);
    case 3:
      return f(b[p], b[p + 1], b[p + 2]);
    case 4:
      return f(b[p], b[p + 1], b[p + 2], b[p + 3]);
    case 5:
      return f(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4]);
    case 6:
      return f(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5]);
    case 7:
      return f(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6]);
    case 8:
      return f(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7]);
    case 9:
      return f(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8]);
    case 10:
      return f(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9]);
    case 11:
      return f(
        b[p],
        b[p + 1],
        b[p + 2],
        b[p + 3],
        b[p + 4],
        b[p + 5],
        b[p + 6],
        b[p + 7],
        b[p + 8],
        b[p + 9],
        b[p + 10]
      );
    case 12:
      return f(
        b[p],
        b[p + 1],
        b[p + 2],
        b[p + 3],
        b[p + 4],
        b[p + 5],
        b[p + 6],
        b[p + 7],
        b[p + 8],
        b[p + 9],
        b[p + 10],
        b[p + 11]
      );
    case 13:
      return f(
        b[p],
        b[p + 1],
        b[p + 2],
        b[p + 3],
        b[p + 4],
        b[p + 5],
        b[p + 6],
        b[p + 7],
        b[p + 8],
        b[p + 9],
        b[p + 10],
        b[p + 11],
        b[p + 12]
      );
    case 14:
      return f(
        b[p],
        b[p + 1],
        b[p + 2],
        b[p + 3],
        b[p + 4],
        b[p + 5],
        b[p + 6],
        b[p + 7],
        b[p + 8],
        b[p + 9],
        b[p + 10],
        b[p + 11],
        b[p + 12],
        b[p + 13]
      );
    case 15:
      return f(
        b[p],
        b[p + 1],
        b[p + 2],
        b[p + 3],
        b[p + 4],
        b[p + 5],
        b[p + 6],
        b[p + 7],
        b[p + 8],
        b[p + 9],
        b[p + 10],
        b[p + 11],
        b[p + 12],
        b[p + 13],
        b[p + 14]
      );
    case 16:
      return f(
        b[p],
        b[p + 1],
        b[p + 2],
        b[p + 3],
        b[p + 4],
        b[p + 5],
        b[p + 6],
        b[p + 7],
        b[p + 8],
        b[p + 9],
        b[p + 10],
        b[p + 11],
        b[p + 12],
        b[p + 13],
        b[p + 14],
        b[p + 15]
      );
    default:
      return readLatin1(b, p, end);
  }
}
var f;
var init_ascii = __esm({
  "core/ascii.ts"() {
    "use strict";
    init_text();
    f = String.fromCharCode;
  }
});

// codecs/json/bytes.ts
function fromBase64(text) {
  let length = text.length;
  while (length > 0 && text.length - length < 2 && text.charCodeAt(length - 1) === 61) length--;
  if (length % 4 === 1 || length !== text.length && text.length % 4 !== 0) return void 0;
  const bytes = decode(text.slice(0, length));
  return bytes?.length === Math.floor(length * 3 / 4) ? bytes : void 0;
}
function decode(text) {
  if (native3 !== void 0) return new Uint8Array(native3.from(text, "base64"));
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (c) => c.charCodeAt(0));
  } catch {
    return void 0;
  }
}
var native3, toBase64;
var init_bytes = __esm({
  "codecs/json/bytes.ts"() {
    "use strict";
    native3 = globalThis.Buffer;
    toBase64 = native3 === void 0 ? (bytes) => {
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    } : (bytes) => native3.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  }
});

// codecs/json/number.ts
function writeInteger(b, p, value) {
  let v = value;
  if (v < 0) {
    b[p++] = 45;
    v = -v;
  }
  if (v < 10) {
    b[p++] = 48 + v;
    return p;
  }
  if (v > 2147483647) {
    const high = Math.floor(v / 1e8);
    const start = writeInteger(b, p, high);
    let low = v - high * 1e8;
    for (let i = start + 7; i >= start; i--) {
      const rest = low / 10 | 0;
      b[i] = 48 + low - rest * 10;
      low = rest;
    }
    return start + 8;
  }
  v |= 0;
  const digits = v < 100 ? 2 : v < 1e3 ? 3 : v < 1e4 ? 4 : v < 1e5 ? 5 : v < 1e6 ? 6 : v < 1e7 ? 7 : v < 1e8 ? 8 : v < 1e9 ? 9 : 10;
  const end = p + digits;
  for (let i = end - 1; i >= p; i--) {
    const rest = v / 10 | 0;
    b[i] = 48 + v - rest * 10;
    v = rest;
  }
  return end;
}
function writeFloat(b, p, v) {
  if ((v | 0) === v && (v !== 0 || 1 / v > 0)) return writeInteger(b, p, v);
  const scaled = Math.round(v * 100);
  if (scaled > 0 && scaled < 1e9 && scaled / 100 === v) {
    const whole = scaled / 100 | 0;
    p = writeInteger(b, p, whole);
    const cents = scaled - whole * 100;
    const tens = cents / 10 | 0;
    b[p++] = 46;
    b[p++] = 48 + tens;
    if (cents !== tens * 10) b[p++] = 48 + cents - tens * 10;
    return p;
  }
  return writeAscii(b, p, v - v !== 0 ? `"${v}"` : v === 0 ? "-0" : String(v));
}
function writeInt64(b, p, v) {
  b[p++] = 34;
  if (v <= 9007199254740991n && v >= -9007199254740991n) p = writeInteger(b, p, Number(v));
  else p = writeAscii(b, p, String(v));
  b[p++] = 34;
  return p;
}
function writeAscii(b, p, text) {
  for (let i = 0; i < text.length; i++) b[p++] = text.charCodeAt(i);
  return p;
}
function writeQuotedAscii(out, position, text, reserve) {
  out.position = position;
  out.ensure(text.length + 2 + reserve);
  const b = out.buffer;
  let p = out.position;
  b[p++] = 34;
  p = writeAscii(b, p, text);
  b[p++] = 34;
  return p;
}
function readNumber(b, start, end) {
  const text = readLatin1(b, start, end);
  return NUMBER.test(text) ? Number(text) : void 0;
}
function endOfNumber(b, p, end) {
  while (p < end) {
    const c = b[p];
    if ((c < 48 || c > 57) && c !== 46 && c !== 45 && c !== 43 && c !== 101 && c !== 69) break;
    p++;
  }
  return p;
}
var MAX_NUMBER_BYTES, NUMBER;
var init_number = __esm({
  "codecs/json/number.ts"() {
    "use strict";
    init_text();
    MAX_NUMBER_BYTES = 26;
    NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
  }
});

// codecs/json/string.ts
function writeString(b, start, text) {
  let p = start;
  const length = text.length;
  b[p++] = 34;
  if (length <= SHORT) {
    let i = 0;
    for (; i < length; i++) {
      const c = text.charCodeAt(i);
      if (c < 32 || c > 126 || c === 34 || c === 92) break;
      b[p++] = c;
    }
    if (i === length) {
      b[p++] = 34;
      return p;
    }
    p = start + 1;
  }
  if (SPECIAL.test(text)) return -1;
  p += writeUtf8(b, text, p);
  b[p++] = 34;
  return p;
}
function writeEscaped(out, position, text, reserve) {
  if (!isWellFormed2(text)) throw MISFIT;
  return writeJson2(out, position, JSON.stringify(text), reserve);
}
function writeJson2(out, position, json2, reserve) {
  out.position = position;
  out.ensure(json2.length * 3 + reserve);
  return out.position + writeUtf8(out.buffer, json2, out.position);
}
function closingQuote(b, start, end) {
  for (let p = start; p < end; p++) {
    const c = b[p];
    if (c === 34) return p;
    if (c === 92) p++;
    else if (c < 32) return -1;
  }
  return -1;
}
function readSpecial(b, start, quote) {
  const raw2 = readUtf8(b, start, quote);
  if (!raw2.includes("\\")) return raw2;
  try {
    const text = JSON.parse(`"${raw2}"`);
    return isWellFormed2(text) ? text : void 0;
  } catch {
    return void 0;
  }
}
var SHORT, SPECIAL, PLAIN;
var init_string = __esm({
  "codecs/json/string.ts"() {
    "use strict";
    init_misfit();
    init_text();
    init_unicode();
    SHORT = 24;
    SPECIAL = /[\u0000-\u001f"\\\ud800-\udfff]/;
    PLAIN = Uint8Array.from({ length: 256 }, (_, c) => c >= 32 && c < 127 && c !== 34 && c !== 92 ? 1 : 0);
  }
});

// codecs/json/timestamp.ts
function readTimestamp(text) {
  const match = RFC3339.exec(text);
  if (match === null) return void 0;
  const daysInMonth = new Date(Date.UTC(2e3 + Number(match[1]) % 400, Number(match[2]), 0)).getUTCDate();
  if (Number(match[3]) > daysInMonth) return void 0;
  const date = new Date(text.toUpperCase());
  return date.getTime() >= MIN_TIMESTAMP_MS && date.getTime() <= MAX_TIMESTAMP_MS ? date : void 0;
}
var RFC3339;
var init_timestamp = __esm({
  "codecs/json/timestamp.ts"() {
    "use strict";
    init_explain();
    RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
  }
});

// codecs/json/parser.ts
function compileParser(type, shape) {
  if (shape.size(type) > MAX_NODES || hasAny(type)) return void 0;
  return new ParserSource().compileRoot(type);
}
function hasAny(type) {
  if (type.kind === "list") return hasAny(type.item);
  if (type.kind === "map") return hasAny(type.value);
  if (type.kind === "struct" || type.kind === "union") return type.fields.some((field2) => hasAny(field2.type));
  return type.kind === "any";
}
function longInteger(b, start, end) {
  if (end - start > 20) return void 0;
  const text = readAscii(b, start, end);
  if (!INTEGER.test(text)) return void 0;
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : void 0;
}
var MISS, POWERS, MAX_NODES, MISSED, ParserSource, INTEGER;
var init_parser2 = __esm({
  "codecs/json/parser.ts"() {
    "use strict";
    init_ascii();
    init_check();
    init_literal();
    init_plain();
    init_source();
    init_bytes();
    init_number();
    init_string();
    init_timestamp();
    MISS = /* @__PURE__ */ Symbol("miss");
    POWERS = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
    MAX_NODES = 128;
    MISSED = "return MISS;";
    ParserSource = class {
      #source = new Source();
      compileRoot(type) {
        const name = this.#source.local("parse");
        this.#source.function(name, "b, p, e, n", () => {
          this.#source.line(`const MISS = ${this.#source.constant("MISS", MISS)}; let c = 0, q = 0, m = 0, r;`);
          this.#struct("r", type);
          this.#source.line("return p === e ? r : MISS;");
        });
        return this.#source.compile(name);
      }
      #expect(text) {
        this.#source.line(`if (${this.#at(text, "!==", " || ")}) ${MISSED} p += ${text.length};`);
      }
      #at(text, operator, glue) {
        return Array.from(text, (c, i) => `b[p${i === 0 ? "" : ` + ${i}`}] ${operator} ${c.charCodeAt(0)}`).join(glue);
      }
      #into(target, type) {
        switch (type.kind) {
          case "struct":
            this.#struct(target, type);
            return;
          case "union":
            this.#union(target, type);
            return;
          case "list":
            this.#list(target, type.item);
            return;
          case "map":
            this.#map(target, type.value);
            return;
          default:
            this.#scalar(target, type);
        }
      }
      #struct(target, type) {
        const source = this.#source;
        if (type.fields.length > 0) source.line(`if ((n -= ${type.fields.length}) < 0) ${MISSED}`);
        const first = type.fields.findIndex((field2) => !field2.optional);
        const values = type.fields.map(() => source.local("r"));
        if (values.length > 0) source.line(`let ${values.join(", ")};`);
        let pending = "{";
        type.fields.forEach((field2, i) => {
          const value = values[i];
          const key = `"${safeName(field2.name)}":`;
          if (!field2.optional) {
            this.#expect(`${pending}${i > first ? "," : ""}${key}`);
            pending = "";
            this.#into(value, field2.type);
            return;
          }
          if (pending !== "") this.#expect(pending);
          pending = "";
          const leads = first === -1 || i < first;
          const text = `${leads ? "" : ","}${key}`;
          source.line(`if (${this.#at(text, "===", " && ")}) { p += ${text.length};`);
          this.#into(value, field2.type);
          if (leads && first !== -1) this.#expect(",");
          if (first === -1) source.line(`if (b[p] === 44 && b[p + 1] === 34) p++; else if (b[p] !== 125) ${MISSED}`);
          source.line("}");
        });
        this.#expect(`${pending}}`);
        structLiteral(source, target, type.fields, values);
      }
      #union(target, type) {
        const source = this.#source;
        const value = source.local("r");
        source.line(`if (--n < 0) ${MISSED} let ${value};`);
        type.fields.forEach((field2, i) => {
          const text = `{"${safeName(field2.name)}":`;
          source.line(`${i === 0 ? "" : "else "}if (${this.#at(text, "===", " && ")}) { p += ${text.length};`);
          this.#into(value, field2.type);
          source.line(`${target} = { kind: ${JSON.stringify(field2.name)}, value: ${value} }; }`);
        });
        source.line(`else ${MISSED}`);
        this.#expect("}");
      }
      #list(target, item) {
        const source = this.#source;
        const value = source.local("r");
        this.#expect("[");
        source.line(`${target} = [];`);
        source.line(`if (b[p] === 93) p++; else for (;;) { if (--n < 0) ${MISSED} let ${value};`);
        this.#into(value, item);
        source.line(`${target}.push(${value}); c = b[p++]; if (c === 44) continue; if (c === 93) break; ${MISSED} }`);
      }
      #map(target, item) {
        const source = this.#source;
        const [key, value] = [source.local("k"), source.local("r")];
        this.#expect("{");
        source.line(`${target} = {};`);
        source.line(`if (b[p] === 125) p++; else for (;;) { if (--n < 0) ${MISSED} let ${key}, ${value};`);
        this.#string(key);
        this.#expect(":");
        this.#into(value, item);
        source.line(
          `if (${key} === "__proto__") ${source.constant("setOwn", setOwn)}(${target}, ${key}, ${value}); else ${target}[${key}] = ${value};`
        );
        source.line(`c = b[p++]; if (c === 44) continue; if (c === 125) break; ${MISSED} }`);
      }
      #scalar(target, type) {
        const source = this.#source;
        switch (type.kind) {
          case "bool":
            source.line(
              `if (${this.#at("true", "===", " && ")}) { ${target} = true; p += 4; } else if (${this.#at("false", "===", " && ")}) { ${target} = false; p += 5; } else ${MISSED}`
            );
            return;
          case "int32":
            this.#digits(target, 10);
            source.line(`if ((${target} | 0) !== ${target}) ${MISSED} ${target} = ${target} | 0;`);
            return;
          case "int53":
            this.#digits(target, 16);
            source.line(`if (!Number.isSafeInteger(${target})) ${MISSED}`);
            return;
          case "int64":
            this.#expect('"');
            source.line(
              `q = p; while ((b[q] >= 48 && b[q] <= 57) || b[q] === 45) q++; if (q - p > 15) { ${target} = ${source.constant("longInteger", longInteger)}(b, p, q); if (${target} === undefined) ${MISSED} p = q; } else {`
            );
            this.#digits(target, 15);
            source.line(`${target} = BigInt(${target}); }`);
            this.#expect('"');
            return;
          case "float32":
          case "float64":
            this.#float(target);
            if (type.kind === "float32")
              source.line(`if (${misfitCondition(source, type, target)}) ${MISSED} ${target} = Math.fround(${target});`);
            return;
          default:
        }
        this.#string(target);
        switch (type.kind) {
          case "enum":
          case "decimal":
            source.line(`if (${misfitCondition(source, type, target)}) ${MISSED}`);
            return;
          case "bytes":
            source.line(
              `if ((${target} = ${source.constant("fromBase64", fromBase64)}(${target})) === undefined) ${MISSED}`
            );
            return;
          case "timestamp":
            source.line(
              `if ((${target} = ${source.constant("readTimestamp", readTimestamp)}(${target})) === undefined) ${MISSED}`
            );
            return;
          default:
        }
      }
      #string(target) {
        const source = this.#source;
        const plain2 = source.constant("PLAIN", PLAIN);
        source.line(`if (b[p] !== 34) ${MISSED} q = ++p; while (${plain2}[b[q]] === 1) q++;`);
        source.line(`if (b[q] === 34) ${target} = ${source.constant("readAscii", readAscii)}(b, p, q);`);
        source.line(
          `else if ((q = ${source.constant("closingQuote", closingQuote)}(b, q, e)) < 0 || (${target} = ${source.constant("readSpecial", readSpecial)}(b, p, q)) === undefined) ${MISSED}`
        );
        source.line("p = q + 1;");
      }
      /** An integer of at most `most` digits without a leading zero. */
      #digits(target, most) {
        const source = this.#source;
        source.line(`${target} = 0; c = b[p]; q = c === 45 ? ++p : p;`);
        source.line(`while ((c = b[p]) >= 48 && c <= 57) { ${target} = ${target} * 10 + (c - 48); p++; }`);
        source.line(`if (p === q || p - q > ${most} || (b[q] === 48 && p - q > 1)) ${MISSED}`);
        source.line(`if (b[q - 1] === 45) ${target} = 0 - ${target};`);
      }
      #float(target) {
        const source = this.#source;
        source.line(`${target} = 0; q = b[p] === 45 ? p + 1 : p; m = q;`);
        source.line(`while ((c = b[m]) >= 48 && c <= 57) { ${target} = ${target} * 10 + (c - 48); m++; }`);
        source.line(`if (m === q || (b[q] === 48 && m - q > 1)) ${MISSED}`);
        source.line(
          `if (c === 46) { const f = ++m; while ((c = b[m]) >= 48 && c <= 57) { ${target} = ${target} * 10 + (c - 48); m++; } if (m === f) ${MISSED}`
        );
        source.line(`${target} = ${target} / ${source.constant("POWERS", POWERS)}[m - f]; }`);
        source.line(
          `if (m - q > 15 || c === 101 || c === 69) { m = ${source.constant("endOfNumber", endOfNumber)}(b, p, e); if ((${target} = ${source.constant("readNumber", readNumber)}(b, p, m)) === undefined) ${MISSED} }`
        );
        source.line(`else if (q !== p) ${target} = -${target};`);
        source.line("p = m;");
      }
    };
    INTEGER = /^-?[1-9]\d*$/;
  }
});

// core/absent.ts
function absentLiteral(source, field2) {
  return absentCode(source, field2, ({ type, defaultValue }) => {
    const copy = compileCopy(type);
    return () => copy(defaultValue);
  });
}
var init_absent = __esm({
  "core/absent.ts"() {
    "use strict";
    init_check();
    init_copy();
  }
});

// codecs/json/reviver.ts
function compileReviver(type, shape) {
  return new ReviverSource(shape).compileRoot(type);
}
function nameOf(type) {
  return "name" in type ? type.name : type.kind;
}
function toInt64(value) {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : void 0;
  if (typeof value !== "string" || !INTEGER2.test(value)) return void 0;
  const integer = BigInt(value);
  return BigInt.asIntN(64, integer) === integer ? integer : void 0;
}
function toInt53(value) {
  const number = typeof value === "string" && INTEGER2.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? number + 0 : void 0;
}
function toFloat(value) {
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  return value === "-Infinity" ? Number.NEGATIVE_INFINITY : value;
}
function checkAny(value, budget, depth) {
  if (typeof value !== "object" || value === null) return value;
  if (depth <= 0) throw tooDeep();
  const members = Array.isArray(value) ? value : Object.values(value);
  budget.elements -= members.length;
  if (budget.elements < 0) throw tooMany();
  for (const one of members) checkAny(one, budget, depth - 1);
  return value;
}
function tooDeep() {
  return new RpcError({ code: "INVALID_ARGUMENT", message: "json: the message is nested deeper than maxDepth" });
}
function tooMany() {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: "json: the message has more than maxElements list items, map entries and fields"
  });
}
var ReviverSource, INTEGER2;
var init_reviver = __esm({
  "codecs/json/reviver.ts"() {
    "use strict";
    init_absent();
    init_check();
    init_error();
    init_literal();
    init_misfit();
    init_source();
    init_unicode();
    init_bytes();
    init_timestamp();
    ReviverSource = class {
      #source = new Source();
      #shape;
      #functions = /* @__PURE__ */ new Map();
      constructor(shape) {
        this.#shape = shape;
      }
      compileRoot(type) {
        return this.#source.compile(this.#functionOf(type));
      }
      #functionOf(type) {
        const known = this.#functions.get(type);
        if (known !== void 0) return known;
        const name = this.#source.local("revive");
        this.#functions.set(type, name);
        this.#source.function(name, "v, c, d", () => {
          if (this.#shape.recursive(type))
            this.#source.line(`if (d < 0) throw ${this.#source.constant("tooDeep", tooDeep)}();`);
          this.#source.line("let r;");
          if (type.kind === "union") this.#union("r", type, "v", "", 0);
          else this.#struct("r", type, "v", "", 0);
          this.#source.line("return r;");
        });
        return name;
      }
      /** The code of a throw; `path` is the inside of a template literal. */
      #misfit(path, expected, x) {
        return `throw new ${this.#source.constant("Misfit", Misfit)}(\`${path}\`, ${JSON.stringify(expected)}, ${x});`;
      }
      #count(many) {
        this.#source.line(`if ((c.elements -= ${many}) < 0) throw ${this.#source.constant("tooMany", tooMany)}();`);
      }
      #into(target, type, x, path, depth) {
        const source = this.#source;
        switch (type.kind) {
          case "struct":
          case "union":
            if (!this.#shape.inlines(type)) {
              const name = this.#functionOf(type);
              source.line(
                `try { ${target} = ${name}(${x}, c, d - ${depth}); } catch (e) { throw ${source.constant("within", within)}(\`${path}\`, e); }`
              );
            } else if (type.kind === "union") this.#union(target, type, x, path, depth);
            else this.#struct(target, type, x, path, depth);
            return;
          case "list": {
            const [i, one, value] = [source.local("i"), source.local("v"), source.local("r")];
            source.line(`if (!Array.isArray(${x})) ${this.#misfit(path, "a list", x)}`);
            this.#count(`${x}.length`);
            source.line(`for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}]; let ${value};`);
            this.#into(value, type.item, one, `${path}[\${${i}}]`, depth + 1);
            source.line(`if (${value} !== ${one}) ${x}[${i}] = ${value}; }`);
            source.line(`${target} = ${x};`);
            return;
          }
          case "map": {
            const [keys, key, one, value] = [source.local("keys"), source.local("k"), source.local("v"), source.local("r")];
            source.line(
              `if (typeof ${x} !== "object" || ${x} === null || Array.isArray(${x})) ${this.#misfit(path, "a map, as an object", x)}`
            );
            source.line(`const ${keys} = Object.keys(${x});`);
            this.#count(`${keys}.length`);
            source.line(`for (const ${key} of ${keys}) { const ${one} = ${x}[${key}]; let ${value};`);
            source.line(
              `if (!${source.constant("isWellFormed", isWellFormed2)}(${key})) ${this.#misfit(path, "well-formed keys", key)}`
            );
            this.#into(value, type.value, one, `${path}\${${source.constant("keyStep", keyStep)}(${key})}`, depth + 1);
            source.line(`if (${value} !== ${one}) ${x}[${key}] = ${value}; }`);
            source.line(`${target} = ${x};`);
            return;
          }
          case "any":
            source.line(`${target} = ${source.constant("checkAny", checkAny)}(${x}, c, d - ${depth});`);
            return;
          default:
            this.#scalar(target, type, x, path);
        }
      }
      #scalar(target, type, x, path) {
        const source = this.#source;
        const converted = (hint, convert, expected) => {
          source.line(`${target} = ${source.constant(hint, convert)}(${x});`);
          source.line(`if (${target} === undefined) ${this.#misfit(path, expected, x)}`);
        };
        switch (type.kind) {
          case "int64":
            converted("toInt64", toInt64, "int64, as a string");
            return;
          case "int53":
            converted("toInt53", toInt53, "int53");
            return;
          case "bytes":
            converted(
              "toBytes",
              (value) => typeof value === "string" ? fromBase64(value) : void 0,
              "bytes, as base64"
            );
            return;
          case "timestamp":
            converted(
              "toDate",
              (value) => typeof value === "string" ? readTimestamp(value) : void 0,
              "timestamp, as RFC 3339"
            );
            return;
          case "float64":
          case "float32":
            source.line(`${target} = typeof ${x} === "string" ? ${source.constant("toFloat", toFloat)}(${x}) : ${x};`);
            source.line(`if (${misfitCondition(source, type, target)}) ${this.#misfit(path, type.kind, x)}`);
            if (type.kind === "float32") source.line(`${target} = Math.fround(${target});`);
            return;
          case "enum":
            source.line(
              `if (${misfitCondition(source, type, x)}) ${this.#misfit(path, `one of ${type.members.join(", ")}`, x)}`
            );
            break;
          case "string":
            source.line(
              `if (typeof ${x} !== "string" || !${source.constant("isWellFormed", isWellFormed2)}(${x})) ${this.#misfit(path, "string", x)}`
            );
            break;
          default:
            source.line(`if (${misfitCondition(source, type, x)}) ${this.#misfit(path, type.kind, x)}`);
        }
        source.line(`${target} = ${type.kind === "int32" ? `${x} | 0` : x};`);
      }
      #struct(target, type, x, path, depth) {
        const source = this.#source;
        source.line(
          `if (typeof ${x} !== "object" || ${x} === null || Array.isArray(${x})) ${this.#misfit(path, type.name, x)}`
        );
        if (type.fields.length > 0) this.#count(String(type.fields.length));
        const values = type.fields.map((field2) => {
          const [json2, value] = [source.local("v"), source.local("r")];
          const here = path === "" ? field2.name : `${path}.${field2.name}`;
          source.line(`const ${json2} = ${this.#member(x, field2)}; let ${value};`);
          source.line(
            field2.type.kind === "any" ? `if (${json2} !== undefined) {` : `if (${json2} !== undefined && ${json2} !== null) {`
          );
          this.#into(value, field2.type, json2, here, depth + 1);
          const absent = field2.optional ? void 0 : absentLiteral(source, field2);
          if (field2.optional) source.line("}");
          else if (absent === void 0) source.line(`} else ${this.#misfit(here, nameOf(field2.type), json2)}`);
          else source.line(`} else ${value} = ${absent};`);
          return value;
        });
        structLiteral(source, target, type.fields, values);
      }
      /** A field called like a member of every object is absent unless it is the message's own. */
      #member(x, field2) {
        const read = member(x, field2.name);
        return field2.name in Object.prototype ? `(Object.hasOwn(${x}, ${JSON.stringify(field2.name)}) ? ${read} : undefined)` : read;
      }
      #union(target, type, x, path, depth) {
        const source = this.#source;
        const [keys, json2, value] = [source.local("keys"), source.local("v"), source.local("r")];
        const expected = `an object with one member of ${type.fields.map((field2) => field2.name).join(", ")}`;
        source.line(
          `if (typeof ${x} !== "object" || ${x} === null || Array.isArray(${x})) ${this.#misfit(path, expected, x)}`
        );
        source.line(`const ${keys} = Object.keys(${x}); let ${value};`);
        source.line(`if (${keys}.length !== 1) ${this.#misfit(path, expected, `${keys}.join()`)}`);
        this.#count("1");
        source.line(`const ${json2} = ${x}[${keys}[0]];`);
        source.line(`switch (${keys}[0]) {`);
        for (const field2 of type.fields) {
          const name = JSON.stringify(field2.name);
          source.line(`case ${name}: {`);
          this.#into(value, field2.type, json2, path === "" ? field2.name : `${path}.${field2.name}`, depth + 1);
          source.line(`${target} = { kind: ${name}, value: ${value} }; break; }`);
        }
        source.line(`default: ${this.#misfit(path, expected, `${keys}[0]`)} }`);
      }
    };
    INTEGER2 = /^-?(0|[1-9]\d{0,18})$/;
  }
});

// codecs/json/decoder.ts
function compileDecoder(type, shape) {
  const parse = compileParser(type, shape);
  const revive = compileReviver(type, shape);
  return (bytes, start, end, limits) => {
    if (parse !== void 0) {
      const value = parse(bytes, start, end, limits.maxElements);
      if (value !== MISS) return value;
    }
    const json2 = parseJson(readUtf8(bytes, start, end));
    try {
      return revive(json2, { elements: limits.maxElements }, limits.maxDepth);
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
  };
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `json: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause
    });
  }
}
var init_decoder = __esm({
  "codecs/json/decoder.ts"() {
    "use strict";
    init_error();
    init_misfit();
    init_text();
    init_parser2();
    init_reviver();
  }
});

// core/byte-source.ts
var ByteSource;
var init_byte_source = __esm({
  "core/byte-source.ts"() {
    "use strict";
    init_source();
    ByteSource = class extends Source {
      #fixed = [];
      #room;
      function(name, params, body) {
        const [fixed2, room] = [this.#fixed, this.#room];
        this.#fixed = [];
        this.#room = void 0;
        super.function(name, params, () => {
          body();
          this.flush();
          this.line("return p;");
        });
        this.#fixed = fixed2;
        this.#room = room;
      }
      /** Fixed bytes, as numbers or ASCII text. */
      fixed(...parts) {
        for (const part of parts) {
          if (typeof part === "number") this.#fixed.push(part);
          else for (let i = 0; i < part.length; i++) this.#fixed.push(part.charCodeAt(i));
        }
      }
      flush() {
        const bytes = this.#fixed;
        if (bytes.length === 0) return;
        this.#fixed = [];
        this.need(bytes.length);
        const writes = bytes.map((byte, i) => `b[p${i === 0 ? "" : ` + ${i}`}] = ${byte};`);
        this.line(`${writes.join(" ")} p += ${bytes.length};`);
      }
      /** Makes room for `bytes` more; call after `flush`, before the line that writes them. */
      need(bytes) {
        if (this.#room === void 0) {
          const room = { bytes: 0 };
          this.#room = room;
          this.later(
            () => `if (p + ${room.bytes} > b.length) { o.position = p; o.ensure(${room.bytes}); b = o.buffer; p = o.position; }`
          );
        }
        this.#room.bytes += bytes;
      }
      /** Code that runs any number of times, or not at all: room asked for inside it says nothing about what follows. */
      apart(open2, body, close) {
        this.flush();
        this.line(open2);
        this.#room = void 0;
        body();
        this.flush();
        this.line(close);
        this.#room = void 0;
      }
      /** A write of unknown length, which makes room for what of fixed length follows it: `reserve()` bytes. */
      dynamic(code) {
        this.flush();
        const room = { bytes: 0 };
        this.#room = room;
        this.later(() => code(() => room.bytes));
      }
      /** A write by a function that takes the position and returns the next. */
      call(code) {
        this.flush();
        this.line(`p = ${code}; b = o.buffer;`);
        this.#room = void 0;
      }
    };
  }
});

// codecs/json/encoder.ts
function compileWriter(type, shape) {
  return new WriterSource(shape).compileRoot(type);
}
function writeAny(out, position, value, depth, reserve) {
  return writeJson2(out, position, JSON.stringify(plain(value, depth), replace), reserve);
}
function replace(_key, value) {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value instanceof Uint8Array ? toBase64(value) : value;
}
var WriterSource;
var init_encoder = __esm({
  "codecs/json/encoder.ts"() {
    "use strict";
    init_byte_source();
    init_check();
    init_misfit();
    init_plain();
    init_source();
    init_bytes();
    init_number();
    init_string();
    WriterSource = class {
      #source = new ByteSource();
      #shape;
      #functions = /* @__PURE__ */ new Map();
      constructor(shape) {
        this.#shape = shape;
      }
      compileRoot(type) {
        return this.#source.compile(this.#functionOf(type));
      }
      #functionOf(type) {
        const known = this.#functions.get(type);
        if (known !== void 0) return known;
        const name = this.#source.local("write");
        this.#functions.set(type, name);
        this.#source.function(name, "v, o, p, d", () => {
          this.#source.line("let b = o.buffer, q = 0;");
          if (this.#shape.recursive(type)) this.#source.line(`if (d < 0) throw ${this.#misfit()};`);
          this.#record(type, "v", 0);
        });
        return name;
      }
      #misfit() {
        return this.#source.constant("MISFIT", MISFIT);
      }
      #record(type, x, depth) {
        if (type.kind === "union") this.#union(type, x, depth);
        else this.#struct(type, x, depth);
      }
      #struct(type, x, depth) {
        this.#source.line(`if (${recordCondition(this.#source, type.fields, x)}) throw ${this.#misfit()};`);
        this.#source.fixed("{");
        const first = type.fields.findIndex((field2) => !field2.optional);
        type.fields.forEach((field2, i) => {
          const value = this.#source.local("v");
          this.#source.line(`${field2.defaultValue === void 0 ? "const" : "let"} ${value} = ${member(x, field2.name)};`);
          if (!field2.optional) {
            if (field2.defaultValue !== void 0) {
              this.#source.line(
                `if (${value} === undefined) ${value} = ${this.#source.constant("DEFAULT", field2.defaultValue)};`
              );
            }
            this.#key(field2, i > first);
            this.#value(field2.type, value, depth + 1);
            return;
          }
          const leads = first === -1 || i < first;
          this.#source.apart(
            `if (${value} !== undefined) {`,
            () => {
              this.#key(field2, !leads);
              this.#value(field2.type, value, depth + 1);
              if (leads) this.#source.fixed(",");
            },
            "}"
          );
        });
        if (first === -1 && type.fields.length > 0) {
          this.#source.line("if (b[p - 1] === 44) p--;");
        }
        this.#source.fixed("}");
      }
      #key(field2, comma) {
        this.#source.fixed(`${comma ? "," : ""}"${safeName(field2.name)}":`);
      }
      #union(type, x, depth) {
        this.#source.flush();
        const value = this.#source.local("v");
        this.#source.line(`if (typeof ${x} !== "object" || ${x} === null) throw ${this.#misfit()};`);
        this.#source.line(`const ${value} = ${x}.value;`);
        this.#source.line(`switch (${x}.kind) {`);
        for (const field2 of type.fields) {
          this.#source.apart(
            `case ${JSON.stringify(field2.name)}: {`,
            () => {
              this.#source.fixed(`{"${safeName(field2.name)}":`);
              this.#value(field2.type, value, depth + 1);
              this.#source.fixed("}");
            },
            "break; }"
          );
        }
        this.#source.line(`default: throw ${this.#misfit()}; }`);
      }
      #value(type, x, depth) {
        const source = this.#source;
        switch (type.kind) {
          case "struct":
          case "union":
            if (this.#shape.inlines(type)) this.#record(type, x, depth);
            else this.#source.call(`${this.#functionOf(type)}(${x}, o, p, d - ${depth})`);
            return;
          case "list":
            this.#list(type.item, x, depth);
            return;
          case "map":
            this.#map(type.value, x, depth);
            return;
          case "any":
            this.#source.dynamic(
              (reserve) => `p = ${source.constant("writeAny", writeAny)}(o, p, ${x}, d - ${depth}, ${reserve()}); b = o.buffer;`
            );
            return;
          default:
        }
        source.line(`if (${misfitCondition(source, type, x)}) throw ${this.#misfit()};`);
        switch (type.kind) {
          case "bool":
            this.#source.flush();
            this.#source.need(5);
            source.line(
              `if (${x}) { b[p] = 116; b[p + 1] = 114; b[p + 2] = 117; b[p + 3] = 101; p += 4; } else { b[p] = 102; b[p + 1] = 97; b[p + 2] = 108; b[p + 3] = 115; b[p + 4] = 101; p += 5; }`
            );
            return;
          case "int32":
          case "int53":
            this.#fixed("writeInteger", writeInteger, x);
            return;
          case "int64":
            this.#fixed("writeInt64", writeInt64, x);
            return;
          case "float32":
          case "float64":
            this.#fixed("writeFloat", writeFloat, x);
            return;
          case "timestamp":
            this.#ascii(`${x}.toISOString()`);
            return;
          case "bytes":
            this.#ascii(`${source.constant("toBase64", toBase64)}(${x})`);
            return;
          case "decimal":
            this.#ascii(x);
            return;
          default:
            this.#string(x);
            return;
        }
      }
      #fixed(hint, write, x) {
        this.#source.flush();
        this.#source.need(MAX_NUMBER_BYTES);
        this.#source.line(`p = ${this.#source.constant(hint, write)}(b, p, ${x});`);
      }
      #ascii(x) {
        this.#source.dynamic(
          (reserve) => `p = ${this.#source.constant("writeQuotedAscii", writeQuotedAscii)}(o, p, ${x}, ${reserve()}); b = o.buffer;`
        );
      }
      #string(x) {
        const write = this.#source.constant("writeString", writeString);
        const escaped = this.#source.constant("writeEscaped", writeEscaped);
        this.#source.dynamic(
          (reserve) => `q = 3 * ${x}.length + ${2 + reserve()}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }
q = ${write}(b, p, ${x}); if (q < 0) { p = ${escaped}(o, p, ${x}, ${reserve()}); b = o.buffer; } else p = q;`
        );
      }
      #list(item, x, depth) {
        const [i, one] = [this.#source.local("i"), this.#source.local("v")];
        this.#source.line(`if (!Array.isArray(${x})) throw ${this.#misfit()};`);
        this.#source.fixed("[");
        this.#source.apart(
          `for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}];`,
          () => {
            this.#source.need(1);
            this.#source.line(`if (${i} !== 0) b[p++] = 44;`);
            this.#value(item, one, depth + 1);
          },
          "}"
        );
        this.#source.fixed("]");
      }
      #map(value, x, depth) {
        const [keys, i, key, one] = ["keys", "i", "k", "v"].map((hint) => this.#source.local(hint));
        this.#source.line(`if (${recordCondition(this.#source, [], x)}) throw ${this.#misfit()};`);
        this.#source.fixed("{");
        this.#source.flush();
        this.#source.line(`const ${keys} = Object.keys(${x});`);
        this.#source.apart(
          `for (let ${i} = 0; ${i} < ${keys}.length; ${i}++) { const ${key} = ${keys}[${i}]; const ${one} = ${x}[${key}];`,
          () => {
            this.#source.need(1);
            this.#source.line(`if (${i} !== 0) b[p++] = 44;`);
            this.#string(key);
            this.#source.fixed(":");
            this.#value(value, one, depth + 1);
          },
          "}"
        );
        this.#source.fixed("}");
      }
    };
  }
});

// codecs/json/index.ts
var json_exports = {};
__export(json_exports, {
  json: () => json
});
function json() {
  const shape = new Shape();
  const writers = /* @__PURE__ */ new WeakMap();
  const decoders = /* @__PURE__ */ new WeakMap();
  return Object.freeze({
    name: "json",
    selfDescribing: true,
    compile(writer, reader, options = {}) {
      checkReadable(writer, reader, reader.name);
      const limits = options.limits ?? defaultCodecLimits;
      let decode2 = decoders.get(reader);
      if (decode2 === void 0) {
        decode2 = compileDecoder(reader, shape);
        decoders.set(reader, decode2);
      }
      const read = decode2;
      return Object.freeze({
        encodeInto: options.foreign ? refuseForeign : encoder2(writer, writers, shape, limits),
        decode: (bytes, start, end) => read(bytes, start, end, limits)
      });
    }
  });
}
function encoder2(type, writers, shape, limits) {
  let compiled = writers.get(type);
  if (compiled === void 0) {
    compiled = compileWriter(type, shape);
    writers.set(type, compiled);
  }
  const write = compiled;
  const { maxDepth } = limits;
  return (value, out) => {
    try {
      out.position = write(value, out, out.position, maxDepth);
    } catch (thrown) {
      throw refuse2(type, value, thrown, maxDepth);
    }
  };
}
var init_json = __esm({
  "codecs/json/index.ts"() {
    "use strict";
    init_codec();
    init_compat();
    init_foreign2();
    init_misfit();
    init_source();
    init_decoder();
    init_encoder();
  }
});

// core/same.ts
function sameType(a, b, also, seen = /* @__PURE__ */ new Map()) {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "list":
      return sameType(a.item, b.item, also, seen);
    case "map":
      return sameType(a.value, b.value, also, seen);
    case "enum":
      return a.members.join() === b.members.join();
    case "struct":
    case "union": {
      const others = seen.get(a) ?? /* @__PURE__ */ new Set();
      if (others.has(b)) return true;
      seen.set(a, others.add(b));
      const fields = b.fields;
      return a.fields.length === fields.length && a.fields.every((field2, i) => {
        const other = fields[i];
        return field2.name === other.name && field2.number === other.number && field2.optional === other.optional && (also === void 0 || also(field2, other)) && sameType(field2.type, other.type, also, seen);
      });
    }
    default:
      return true;
  }
}
var init_same = __esm({
  "core/same.ts"() {
    "use strict";
  }
});

// codecs/msgpack/cursor.ts
function malformed2(message) {
  return new RpcError({ code: "INVALID_ARGUMENT", message: `msgpack: ${message}` });
}
function truncated(length) {
  return malformed2(`truncated at byte ${length}`);
}
function tooMany2() {
  return malformed2("the message has more than maxElements list items, map entries and fields");
}
function tooDeep2() {
  return malformed2("the message is nested deeper than maxDepth");
}
var init_cursor = __esm({
  "codecs/msgpack/cursor.ts"() {
    "use strict";
    init_error();
  }
});

// codecs/msgpack/format.ts
function writeUint32(b, p, v) {
  b[p] = v >>> 24;
  b[p + 1] = v >>> 16;
  b[p + 2] = v >>> 8;
  b[p + 3] = v;
}
function readUint32(b, p) {
  return (b[p] << 24 | b[p + 1] << 16 | b[p + 2] << 8 | b[p + 3]) >>> 0;
}
function writeDouble(b, p, v) {
  double[0] = v;
  writeUint32(b, p, doubleWords[HIGH]);
  writeUint32(b, p + 4, doubleWords[LOW]);
}
function readDouble(b, p) {
  doubleWords[HIGH] = readUint32(b, p);
  doubleWords[LOW] = readUint32(b, p + 4);
  return double[0];
}
function writeSingle(b, p, v) {
  single[0] = v;
  writeUint32(b, p, singleWord[0]);
}
function readSingle(b, p) {
  singleWord[0] = readUint32(b, p);
  return single[0];
}
var NIL, FALSE, TRUE, BIN8, BIN16, BIN32, EXT8, EXT16, EXT32, FLOAT32, FLOAT64, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FIXEXT1, FIXEXT16, STR8, STR16, STR32, ARRAY16, ARRAY32, MAP16, MAP32, TIMESTAMP, WIDTH, double, single, doubleWords, singleWord, HIGH, LOW;
var init_format = __esm({
  "codecs/msgpack/format.ts"() {
    "use strict";
    NIL = 192;
    FALSE = 194;
    TRUE = 195;
    BIN8 = 196;
    BIN16 = 197;
    BIN32 = 198;
    EXT8 = 199;
    EXT16 = 200;
    EXT32 = 201;
    FLOAT32 = 202;
    FLOAT64 = 203;
    UINT8 = 204;
    UINT16 = 205;
    UINT32 = 206;
    UINT64 = 207;
    INT8 = 208;
    INT16 = 209;
    INT32 = 210;
    INT64 = 211;
    FIXEXT1 = 212;
    FIXEXT16 = 216;
    STR8 = 217;
    STR16 = 218;
    STR32 = 219;
    ARRAY16 = 220;
    ARRAY32 = 221;
    MAP16 = 222;
    MAP32 = 223;
    TIMESTAMP = 255;
    WIDTH = new Uint8Array(256);
    for (const [tag, width] of [
      [BIN8, 1],
      [BIN16, 2],
      [BIN32, 4],
      [EXT8, 1],
      [EXT16, 2],
      [EXT32, 4],
      [FLOAT32, 4],
      [FLOAT64, 8],
      [UINT8, 1],
      [UINT16, 2],
      [UINT32, 4],
      [UINT64, 8],
      [INT8, 1],
      [INT16, 2],
      [INT32, 4],
      [INT64, 8],
      [STR8, 1],
      [STR16, 2],
      [STR32, 4],
      [ARRAY16, 2],
      [ARRAY32, 4],
      [MAP16, 2],
      [MAP32, 4]
    ]) {
      WIDTH[tag] = width;
    }
    double = new Float64Array(1);
    single = new Float32Array(1);
    doubleWords = new Uint32Array(double.buffer);
    singleWord = new Uint32Array(single.buffer);
    double[0] = 1;
    HIGH = doubleWords[1] === 0 ? 0 : 1;
    LOW = 1 - HIGH;
  }
});

// codecs/msgpack/read.ts
function readInteger(b, p, tag) {
  if (tag < 128) return tag;
  if (tag >= 224) return tag - 256;
  switch (tag) {
    case UINT8:
      return b[p];
    case UINT16:
      return b[p] << 8 | b[p + 1];
    case UINT32:
      return readUint32(b, p);
    case INT8:
      return b[p] << 24 >> 24;
    case INT16:
      return (b[p] << 24 | b[p + 1] << 16) >> 16;
    case INT32:
      return readUint32(b, p) | 0;
    case UINT64:
    case INT64: {
      const high = readUint32(b, p);
      const integer = (tag === INT64 ? high | 0 : high) * 4294967296 + readUint32(b, p + 4);
      return Number.isSafeInteger(integer) ? integer : Number.NaN;
    }
    default:
      return Number.NaN;
  }
}
function readInt64(b, p, tag) {
  const small = readInteger(b, p, tag);
  if (!Number.isNaN(small)) return BigInt(small);
  if (tag !== UINT64 && tag !== INT64) return void 0;
  const bits = BigInt(readUint32(b, p)) << 32n | BigInt(readUint32(b, p + 4));
  if (tag === INT64) return BigInt.asIntN(64, bits);
  return bits >> 63n === 0n ? bits : void 0;
}
function readNumber2(b, p, tag) {
  if (tag === FLOAT64) return readDouble(b, p);
  if (tag === FLOAT32) return readSingle(b, p);
  const integer = readInteger(b, p, tag);
  return Number.isNaN(integer) ? void 0 : integer;
}
function readLength(b, p, tag, tag8, tag16, tag32) {
  if (tag === tag8) return b[p];
  if (tag === tag16) return b[p] << 8 | b[p + 1];
  return tag === tag32 ? readUint32(b, p) : -1;
}
function stringLength(b, p, tag) {
  return (tag & 224) === 160 ? tag & 31 : readLength(b, p, tag, STR8, STR16, STR32);
}
function bytesLength(b, p, tag) {
  return readLength(b, p, tag, BIN8, BIN16, BIN32);
}
function listLength(b, p, tag) {
  return (tag & 240) === 144 ? tag & 15 : readLength(b, p, tag, -1, ARRAY16, ARRAY32);
}
function mapLength(b, p, tag) {
  return (tag & 240) === 128 ? tag & 15 : readLength(b, p, tag, -1, MAP16, MAP32);
}
function readText(b, p, length) {
  const end = p + length;
  for (let i = p; i < end; i++) if (b[i] > 127) return readUtf8(b, p, end);
  return readAscii(b, p, end);
}
function readTimestamp2(b, p, tag) {
  if (tag === FIXEXT1 + 2 && b[p] === TIMESTAMP) return new Date(readUint32(b, p + 1) * 1e3);
  if (tag === FIXEXT1 + 3 && b[p] === TIMESTAMP) {
    const high = readUint32(b, p + 1);
    return moment((high & 3) * 4294967296 + readUint32(b, p + 5), high >>> 2);
  }
  if (tag === EXT8 && b[p] === 12 && b[p + 1] === TIMESTAMP) {
    return moment((readUint32(b, p + 6) | 0) * 4294967296 + readUint32(b, p + 10), readUint32(b, p + 2));
  }
  return void 0;
}
function moment(seconds, nanoseconds) {
  if (nanoseconds > 999999999) return void 0;
  const date = new Date(seconds * 1e3 + Math.floor(nanoseconds / 1e6));
  return Number.isNaN(date.getTime()) ? void 0 : date;
}
function extensionLength(b, p, tag) {
  if (tag >= FIXEXT1 && tag <= FIXEXT16) return 1 + (1 << tag - FIXEXT1);
  const length = readLength(b, p, tag, EXT8, EXT8 + 1, EXT8 + 2);
  return length < 0 ? -1 : length + 1 + WIDTH[tag];
}
function checkBytes(cursor, length) {
  if (!(length <= cursor.e - cursor.p)) throw truncated(cursor.e - cursor.s);
}
function takeElements(cursor, count, bytes) {
  if (!(count * bytes <= cursor.e - cursor.p)) throw truncated(cursor.e - cursor.s);
  cursor.n -= count;
  if (cursor.n < 0) throw tooMany2();
}
function skip(cursor) {
  const { b } = cursor;
  for (let pending = 1; pending > 0; pending--) {
    checkBytes(cursor, 1);
    const tag = b[cursor.p++];
    let length = 0;
    if (tag === 193) throw malformed2(`0xc1 is no value, at byte ${cursor.p - 1 - cursor.s}`);
    const items = listLength(b, cursor.p, tag);
    const entries = mapLength(b, cursor.p, tag);
    if (items >= 0 || entries >= 0) {
      cursor.p += WIDTH[tag];
      const count = items >= 0 ? items : entries * 2;
      takeElements(cursor, count, 1);
      pending += count;
      continue;
    }
    const text = stringLength(b, cursor.p, tag);
    const bytes = text >= 0 ? text : bytesLength(b, cursor.p, tag);
    if (bytes >= 0) length = bytes + WIDTH[tag];
    else {
      const extension = extensionLength(b, cursor.p, tag);
      length = extension >= 0 ? extension : WIDTH[tag];
    }
    checkBytes(cursor, length);
    cursor.p += length;
  }
}
var init_read = __esm({
  "codecs/msgpack/read.ts"() {
    "use strict";
    init_ascii();
    init_text();
    init_cursor();
    init_format();
  }
});

// codecs/msgpack/untyped.ts
import { Packr } from "msgpackr";
function untypedWriter() {
  const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true });
  return (out, position, value, depth, reserve) => {
    const bytes = packr.pack(plain(value, depth));
    out.position = position;
    out.ensure(bytes.length + reserve);
    out.buffer.set(bytes, out.position);
    return out.position + bytes.length;
  };
}
function readAny(cursor, depth) {
  checkBytes(cursor, 1);
  const { b } = cursor;
  const at2 = cursor.p;
  const tag = b[cursor.p++];
  const p = cursor.p;
  if (tag === NIL) return null;
  if (tag === TRUE || tag === FALSE) return tag === TRUE;
  const width = WIDTH[tag];
  checkBytes(cursor, width);
  const text = stringLength(b, p, tag);
  const bytes = text >= 0 ? text : bytesLength(b, p, tag);
  if (bytes >= 0) {
    cursor.p += width;
    checkBytes(cursor, bytes);
    const start = cursor.p;
    cursor.p += bytes;
    return text >= 0 ? readText(b, start, bytes) : copyBytes(b, start, start + bytes);
  }
  const items = listLength(b, p, tag);
  if (items >= 0) {
    cursor.p += width;
    if (depth <= 0) throw tooDeep2();
    takeElements(cursor, items, 1);
    const list = [];
    for (let i = 0; i < items; i++) list.push(readAny(cursor, depth - 1));
    return list;
  }
  const entries = mapLength(b, p, tag);
  if (entries >= 0) {
    cursor.p += width;
    if (depth <= 0) throw tooDeep2();
    takeElements(cursor, entries, 2);
    const map = {};
    for (let i = 0; i < entries; i++) {
      const key = readAny(cursor, 0);
      if (typeof key !== "string" && typeof key !== "number" && typeof key !== "bigint")
        throw malformed2(`a map's key is neither text nor a number, at byte ${at2 - cursor.s}`);
      setOwn(map, String(key), readAny(cursor, depth - 1));
    }
    return map;
  }
  const extension = extensionLength(b, p, tag);
  if (extension >= 0) {
    checkBytes(cursor, extension);
    cursor.p += extension;
    if (tag === FIXEXT1 && b[p] === 0) return null;
    const date = readTimestamp2(b, p, tag);
    if (date === void 0) throw malformed2(`an extension that is no timestamp, at byte ${at2 - cursor.s}`);
    return date;
  }
  cursor.p += width;
  const value = tag === UINT64 || tag === INT64 ? readInt64(b, p, tag) : readNumber2(b, p, tag);
  if (value === void 0) throw malformed2(`no value that fits, at byte ${at2 - cursor.s}`);
  return value;
}
var ABSENT;
var init_untyped = __esm({
  "codecs/msgpack/untyped.ts"() {
    "use strict";
    init_byte_copy();
    init_plain();
    init_cursor();
    init_format();
    init_read();
    ABSENT = [FIXEXT1, 0, 0];
  }
});

// codecs/msgpack/write.ts
function writeInteger2(b, p, v) {
  if (v >= 0) {
    if (v < 128) {
      b[p] = v;
      return p + 1;
    }
    if (v < 256) {
      b[p] = UINT8;
      b[p + 1] = v;
      return p + 2;
    }
    if (v < 65536) {
      b[p] = UINT16;
      b[p + 1] = v >>> 8;
      b[p + 2] = v;
      return p + 3;
    }
    if (v < TWO_32) {
      b[p] = UINT32;
      writeUint32(b, p + 1, v);
      return p + 5;
    }
    b[p] = UINT64;
  } else {
    if (v >= -32) {
      b[p] = v;
      return p + 1;
    }
    if (v >= -128) {
      b[p] = INT8;
      b[p + 1] = v;
      return p + 2;
    }
    if (v >= -32768) {
      b[p] = INT16;
      b[p + 1] = v >> 8;
      b[p + 2] = v;
      return p + 3;
    }
    if (v >= -2147483648) {
      b[p] = INT32;
      writeUint32(b, p + 1, v);
      return p + 5;
    }
    b[p] = INT64;
  }
  const high = Math.floor(v / TWO_32);
  writeUint32(b, p + 1, high);
  writeUint32(b, p + 5, v - high * TWO_32);
  return p + 9;
}
function writeInt642(b, p, v) {
  if (v <= 9007199254740991n && v >= -9007199254740991n) return writeInteger2(b, p, Number(v));
  b[p] = v < 0n ? INT64 : UINT64;
  writeUint32(b, p + 1, Number(BigInt.asIntN(32, v >> 32n)));
  writeUint32(b, p + 5, Number(BigInt.asIntN(32, v)));
  return p + 9;
}
function writeFloat64(b, p, v) {
  b[p] = FLOAT64;
  writeDouble(b, p + 1, v);
  return p + 9;
}
function writeFloat32(b, p, v) {
  b[p] = FLOAT32;
  writeSingle(b, p + 1, v);
  return p + 5;
}
function writeHead2(b, p, length, tag8, tag16, tag32) {
  if (tag8 !== 0 && length < 256) {
    b[p] = tag8;
    b[p + 1] = length;
    return p + 2;
  }
  if (length < 65536) {
    b[p] = tag16;
    b[p + 1] = length >>> 8;
    b[p + 2] = length;
    return p + 3;
  }
  b[p] = tag32;
  writeUint32(b, p + 1, length);
  return p + 5;
}
function writeListHead(b, p, length) {
  if (length > 15) return writeHead2(b, p, length, 0, ARRAY16, ARRAY32);
  b[p] = 144 | length;
  return p + 1;
}
function writeMapHead(b, p, length) {
  if (length > 15) return writeHead2(b, p, length, 0, MAP16, MAP32);
  b[p] = 128 | length;
  return p + 1;
}
function writeStringHead(b, p, bytes) {
  if (bytes > 31) return writeHead2(b, p, bytes, STR8, STR16, STR32);
  b[p] = 160 | bytes;
  return p + 1;
}
function writeString2(b, start, text) {
  const length = text.length;
  let p = start;
  if (length <= SHORT2) {
    b[p++] = 160 | length;
    let i = 0;
    for (; i < length; i++) {
      const c = text.charCodeAt(i);
      if (c > 127) break;
      b[p++] = c;
    }
    if (i === length) return p;
    p = start;
  }
  p = writeStringHead(b, start, length);
  const bytes = writeUtf8(b, text, p);
  if (bytes === length) return p + bytes;
  if (!isWellFormed2(text)) throw MISFIT;
  const body = start + (bytes > 31 ? bytes < 256 ? 2 : bytes < 65536 ? 3 : 5 : 1);
  if (body !== p) b.copyWithin(body, p, p + bytes);
  writeStringHead(b, start, bytes);
  return body + bytes;
}
function writeBytes(out, position, bytes, reserve) {
  out.position = position;
  out.ensure(bytes.length + MAX_HEAD_BYTES + reserve);
  const p = writeHead2(out.buffer, out.position, bytes.length, BIN8, BIN16, BIN32);
  out.buffer.set(bytes, p);
  return p + bytes.length;
}
function writeTimestamp(b, start, date) {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1e3);
  const nanoseconds = (ms - seconds * 1e3) * 1e6;
  let p = start;
  if (seconds >= 0 && seconds < 2 ** 34) {
    const short = nanoseconds === 0 && seconds < TWO_32;
    b[p++] = short ? FIXEXT1 + 2 : FIXEXT1 + 3;
    b[p++] = TIMESTAMP;
    if (!short) {
      writeUint32(b, p, nanoseconds * 4 + Math.floor(seconds / TWO_32));
      p += 4;
    }
    writeUint32(b, p, seconds);
    return p + 4;
  }
  b[p++] = EXT8;
  b[p++] = 12;
  b[p++] = TIMESTAMP;
  writeUint32(b, p, nanoseconds);
  writeUint32(b, p + 4, Math.floor(seconds / TWO_32));
  writeUint32(b, p + 8, seconds);
  return p + 12;
}
var MAX_INTEGER_BYTES, MAX_HEAD_BYTES, MAX_TIMESTAMP_BYTES, SHORT2, TWO_32;
var init_write = __esm({
  "codecs/msgpack/write.ts"() {
    "use strict";
    init_misfit();
    init_text();
    init_unicode();
    init_format();
    MAX_INTEGER_BYTES = 9;
    MAX_HEAD_BYTES = 5;
    MAX_TIMESTAMP_BYTES = 15;
    SHORT2 = 24;
    TWO_32 = 4294967296;
  }
});

// codecs/msgpack/encoder.ts
function positions(record) {
  return [...record.fields].sort((a, b) => a.number - b.number);
}
function compileWriter2(type, options) {
  return new WriterSource2(options).compileRoot(type);
}
function listHead(length) {
  const bytes = new Uint8Array(MAX_HEAD_BYTES);
  return bytes.subarray(0, writeListHead(bytes, 0, length));
}
function stringHead(length) {
  const bytes = new Uint8Array(3 + MAX_HEAD_BYTES + length * 3);
  return bytes.subarray(0, writeString2(bytes, 0, "x".repeat(length)) - length);
}
var WriterSource2;
var init_encoder2 = __esm({
  "codecs/msgpack/encoder.ts"() {
    "use strict";
    init_byte_source();
    init_check();
    init_misfit();
    init_source();
    init_format();
    init_untyped();
    init_write();
    WriterSource2 = class {
      #source = new ByteSource();
      #options;
      #functions = /* @__PURE__ */ new Map();
      constructor(options) {
        this.#options = options;
      }
      compileRoot(type) {
        return this.#source.compile(this.#functionOf(type));
      }
      #functionOf(type) {
        const known = this.#functions.get(type);
        if (known !== void 0) return known;
        const name = this.#source.local("write");
        this.#functions.set(type, name);
        this.#source.function(name, "v, o, p, d", () => {
          this.#source.line("let b = o.buffer, q = 0;");
          if (this.#options.shape.recursive(type)) this.#source.line(`if (d < 0) throw ${this.#misfit()};`);
          this.#record(type, "v", 0);
        });
        return name;
      }
      #misfit() {
        return this.#source.constant("MISFIT", MISFIT);
      }
      #record(type, x, depth) {
        if (type.kind === "union") this.#union(type, x, depth);
        else if (this.#options.maps) this.#struct(type, x, depth);
        else this.#tuple(type, x, depth);
      }
      /** A local with the field's value, the default filled in. */
      #member(x, field2) {
        const source = this.#source;
        const value = source.local("v");
        source.line(`let ${value} = ${member(x, field2.name)};`);
        if (!field2.optional && field2.defaultValue !== void 0) {
          source.line(`if (${value} === undefined) ${value} = ${source.constant("DEFAULT", field2.defaultValue)};`);
        }
        return value;
      }
      #tuple(type, x, depth) {
        const source = this.#source;
        source.line(`if (${recordCondition(source, type.fields, x)}) throw ${this.#misfit()};`);
        const fields = positions(type);
        source.fixed(...listHead(fields.length));
        for (const field2 of fields) {
          const value = this.#member(x, field2);
          if (!field2.optional) {
            this.#value(field2.type, value, depth + 1);
            continue;
          }
          source.apart(
            `if (${value} === undefined) {`,
            () => source.fixed(...field2.type.kind === "any" ? ABSENT : [NIL]),
            "} else {"
          );
          source.apart("", () => this.#value(field2.type, value, depth + 1), "}");
        }
      }
      #struct(type, x, depth) {
        const source = this.#source;
        source.line(`if (${recordCondition(source, type.fields, x)}) throw ${this.#misfit()};`);
        const values = new Map(type.fields.map((field2) => [field2, this.#member(x, field2)]));
        const optional = type.fields.filter((field2) => field2.optional);
        const count = [type.fields.length, ...optional.map((field2) => `(${values.get(field2)} === undefined ? 1 : 0)`)].join(
          " - "
        );
        this.#fixedLength("writeMapHead", writeMapHead, count, MAX_HEAD_BYTES);
        for (const [field2, value] of values) {
          const write = () => {
            source.fixed(...stringHead(field2.name.length), safeName(field2.name));
            this.#value(field2.type, value, depth + 1);
          };
          if (field2.optional) source.apart(`if (${value} !== undefined) {`, write, "}");
          else write();
        }
      }
      #union(type, x, depth) {
        const source = this.#source;
        source.flush();
        const value = source.local("v");
        source.line(`if (typeof ${x} !== "object" || ${x} === null) throw ${this.#misfit()};`);
        source.line(`const ${value} = ${x}.value;`);
        source.line(`switch (${x}.kind) {`);
        positions(type).forEach((field2, i) => {
          source.apart(
            `case ${JSON.stringify(field2.name)}: {`,
            () => {
              if (this.#options.maps) source.fixed(129, ...stringHead(field2.name.length), safeName(field2.name));
              else {
                source.fixed(146);
                this.#smallInteger(i);
              }
              this.#value(field2.type, value, depth + 1);
            },
            "break; }"
          );
        });
        source.line(`default: throw ${this.#misfit()}; }`);
      }
      #smallInteger(i) {
        const bytes = new Uint8Array(MAX_INTEGER_BYTES);
        this.#source.fixed(...bytes.subarray(0, writeInteger2(bytes, 0, i)));
      }
      #value(type, x, depth) {
        const source = this.#source;
        switch (type.kind) {
          case "struct":
          case "union":
            if (this.#options.shape.inlines(type)) this.#record(type, x, depth);
            else source.call(`${this.#functionOf(type)}(${x}, o, p, d - ${depth})`);
            return;
          case "list": {
            const [i, one] = [source.local("i"), source.local("v")];
            source.line(`if (!Array.isArray(${x})) throw ${this.#misfit()};`);
            this.#fixedLength("writeListHead", writeListHead, `${x}.length`, MAX_HEAD_BYTES);
            source.apart(
              `for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}];`,
              () => this.#value(type.item, one, depth + 1),
              "}"
            );
            return;
          }
          case "map": {
            const [keys, key, one] = [source.local("keys"), source.local("k"), source.local("v")];
            source.line(`if (${recordCondition(source, [], x)}) throw ${this.#misfit()};`);
            source.line(`const ${keys} = Object.keys(${x});`);
            this.#fixedLength("writeMapHead", writeMapHead, `${keys}.length`, MAX_HEAD_BYTES);
            source.apart(
              `for (const ${key} of ${keys}) { const ${one} = ${x}[${key}];`,
              () => {
                this.#string(key);
                this.#value(type.value, one, depth + 1);
              },
              "}"
            );
            return;
          }
          case "any":
            source.dynamic(
              (reserve) => `p = ${source.constant("writeAny", this.#options.writeAny)}(o, p, ${x}, d - ${depth}, ${reserve()}); b = o.buffer;`
            );
            return;
          default:
            this.#scalar(type, x);
        }
      }
      #scalar(type, x) {
        const source = this.#source;
        if (type.kind === "enum" && !this.#options.maps) {
          const index = source.local("i");
          const indexes = source.constant("INDEX", new Map(type.members.map((one, i) => [one, i])));
          source.line(`const ${index} = ${indexes}.get(${x}); if (${index} === undefined) throw ${this.#misfit()};`);
          this.#fixedLength("writeInteger", writeInteger2, index, MAX_INTEGER_BYTES);
          return;
        }
        source.line(`if (${misfitCondition(source, type, x)}) throw ${this.#misfit()};`);
        switch (type.kind) {
          case "bool":
            source.flush();
            source.need(1);
            source.line(`b[p++] = ${x} ? ${TRUE} : ${FALSE};`);
            return;
          case "int32":
          case "int53":
            this.#fixedLength("writeInteger", writeInteger2, x, MAX_INTEGER_BYTES);
            return;
          case "int64":
            this.#fixedLength("writeInt64", writeInt642, x, MAX_INTEGER_BYTES);
            return;
          case "float32":
            this.#fixedLength("writeFloat32", writeFloat32, x, 5);
            return;
          case "float64":
            this.#fixedLength("writeFloat64", writeFloat64, x, 9);
            return;
          case "timestamp":
            this.#fixedLength("writeTimestamp", writeTimestamp, x, MAX_TIMESTAMP_BYTES);
            return;
          case "bytes":
            source.dynamic(
              (reserve) => `p = ${source.constant("writeBytes", writeBytes)}(o, p, ${x}, ${reserve()}); b = o.buffer;`
            );
            return;
          default:
            this.#string(x);
        }
      }
      #fixedLength(hint, write, x, most) {
        this.#source.flush();
        this.#source.need(most);
        this.#source.line(`p = ${this.#source.constant(hint, write)}(b, p, ${x});`);
      }
      #string(x) {
        const write = this.#source.constant("writeString", writeString2);
        this.#source.dynamic(
          (reserve) => `q = 3 * ${x}.length + ${MAX_HEAD_BYTES + reserve()}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }
p = ${write}(b, p, ${x});`
        );
      }
    };
  }
});

// codecs/msgpack/misfit.ts
function misfitAt(path, expected, cursor, at2) {
  if (at2 >= cursor.e) return truncated(cursor.e - cursor.s);
  cursor.p = at2;
  cursor.n = 1e3;
  return new Misfit(path, expected, readAny(cursor, 4));
}
var init_misfit2 = __esm({
  "codecs/msgpack/misfit.ts"() {
    "use strict";
    init_misfit();
    init_cursor();
    init_untyped();
  }
});

// codecs/msgpack/scalar.ts
function readScalar(writer, reader) {
  if (reader.kind === "any") return readAny;
  if (reader.kind === "enum") return readEnum(writer, reader);
  const { kind } = reader;
  const read = raw(kind);
  const expected = kind === "decimal" ? 'decimal, a string like "12.50"' : kind;
  return (cursor) => {
    checkBytes(cursor, 1);
    const at2 = cursor.p;
    const value = read(cursor);
    if (value === void 0 || !fits(kind, value)) throw misfitAt("", expected, cursor, at2);
    return kind === "float32" ? Math.fround(value) : value;
  };
}
function raw(kind) {
  switch (kind) {
    case "bool":
      return (cursor) => {
        const tag = cursor.b[cursor.p++];
        return tag === TRUE ? true : tag === FALSE ? false : void 0;
      };
    case "int32":
    case "int53":
      return fixed(readInteger);
    case "int64":
      return fixed(readInt64);
    case "float32":
    case "float64":
      return fixed(readNumber2);
    case "bytes":
      return (cursor) => {
        const start = span(cursor, bytesLength);
        return start < 0 ? void 0 : copyBytes(cursor.b, start, cursor.p);
      };
    case "string":
    case "decimal":
      return readString;
    case "timestamp":
      return (cursor) => {
        const tag = cursor.b[cursor.p++];
        const p = cursor.p;
        const length = extensionLength(cursor.b, p, tag);
        if (length < 0) return void 0;
        checkBytes(cursor, length);
        cursor.p += length;
        return readTimestamp2(cursor.b, p, tag);
      };
  }
}
function fixed(read) {
  return (cursor) => {
    const tag = cursor.b[cursor.p++];
    const width = WIDTH[tag];
    checkBytes(cursor, width);
    const value = read(cursor.b, cursor.p, tag);
    cursor.p += width;
    return value;
  };
}
function span(cursor, lengthOf) {
  checkBytes(cursor, 1);
  const tag = cursor.b[cursor.p];
  const length = lengthOf(cursor.b, cursor.p + 1, tag);
  if (length < 0) return -1;
  checkBytes(cursor, 1 + WIDTH[tag]);
  cursor.p += 1 + WIDTH[tag];
  checkBytes(cursor, length);
  const start = cursor.p;
  cursor.p += length;
  return start;
}
function readString(cursor) {
  const start = span(cursor, stringLength);
  return start < 0 ? void 0 : readText(cursor.b, start, cursor.p - start);
}
function readEnum(writer, reader) {
  const known = new Set(reader.members);
  const expected = `one of ${reader.members.join(", ")}`;
  return (cursor) => {
    checkBytes(cursor, 1);
    const at2 = cursor.p;
    const index = fixed(readInteger)(cursor);
    let member2;
    if (!Number.isNaN(index)) member2 = writer.members[index];
    else {
      cursor.p = at2;
      member2 = readString(cursor);
    }
    if (member2 === void 0 || !known.has(member2)) throw misfitAt("", expected, cursor, at2);
    return member2;
  };
}
var init_scalar = __esm({
  "codecs/msgpack/scalar.ts"() {
    "use strict";
    init_byte_copy();
    init_explain();
    init_format();
    init_misfit2();
    init_read();
    init_untyped();
  }
});

// codecs/msgpack/reader.ts
function compileReader(type, options) {
  return new ReaderSource(options).compileRoot(type);
}
var ReaderSource;
var init_reader = __esm({
  "codecs/msgpack/reader.ts"() {
    "use strict";
    init_byte_copy();
    init_literal();
    init_misfit();
    init_plain();
    init_source();
    init_cursor();
    init_encoder2();
    init_format();
    init_misfit2();
    init_read();
    init_scalar();
    init_untyped();
    ReaderSource = class {
      #source = new Source();
      #options;
      #functions = /* @__PURE__ */ new Map();
      constructor(options) {
        this.#options = options;
      }
      compileRoot(type) {
        return this.#source.compile(this.#functionOf(type));
      }
      #functionOf(type) {
        const known = this.#functions.get(type);
        if (known !== void 0) return known;
        const source = this.#source;
        const name = source.local("read");
        this.#functions.set(type, name);
        source.function(name, "s, d", () => {
          source.line("const b = s.b, e = s.e; let p = s.p, n = s.n, c = 0, r;");
          if (this.#options.shape.recursive(type))
            source.line(`if (d < 0) throw ${source.constant("tooDeep", tooDeep2)}();`);
          this.#record("r", type, "", 0);
          source.line("s.p = p; s.n = n; return r;");
        });
        return name;
      }
      #misfit(path, expected, at2) {
        return `throw ${this.#source.constant("misfitAt", misfitAt)}(\`${path}\`, ${JSON.stringify(expected)}, s, ${at2});`;
      }
      /** Reads by a function that moves the cursor. */
      #call(target, code, path) {
        const within_ = this.#source.constant("within", within);
        this.#source.line(
          `s.p = p; s.n = n; try { ${target} = ${code}; } catch (e) { throw ${within_}(\`${path}\`, e); } p = s.p; n = s.n;`
        );
      }
      #record(target, type, path, depth) {
        const source = this.#source;
        const fields = positions(type);
        const compact = type.kind === "union" ? 146 : fields.length < 16 ? 144 + fields.length : -1;
        const other = source.constant("other", this.#options.otherForm(type));
        source.line(`if (b[p] !== ${compact}) {`);
        this.#call(target, `${other}(s, d - ${depth})`, path);
        source.line("} else { p++;");
        if (type.kind === "union") this.#union(target, fields, type, path, depth);
        else this.#struct(target, fields, type, path, depth);
        source.line("}");
      }
      #struct(target, fields, type, path, depth) {
        const source = this.#source;
        if (fields.length > 0) source.line(`n -= ${fields.length};`);
        const values = new Map(type.fields.map((field2) => [field2, source.local("r")]));
        if (fields.length > 0) source.line(`let ${[...values.values()].join(", ")};`);
        for (const field2 of fields) {
          const value = values.get(field2);
          const here = path === "" ? field2.name : `${path}.${field2.name}`;
          if (field2.optional)
            source.line(
              field2.type.kind === "any" ? `if (b[p] === ${FIXEXT1} && b[p + 1] === 0) p += 3; else {` : `if (b[p] === ${NIL}) p++; else {`
            );
          this.#into(value, field2.type, here, depth + 1);
          if (field2.optional) source.line("}");
        }
        structLiteral(source, target, type.fields, [...values.values()]);
      }
      #union(target, fields, type, path, depth) {
        const source = this.#source;
        const value = source.local("r");
        source.line(`n -= 1; let ${value};`);
        source.line("switch (b[p++]) {");
        fields.slice(0, 128).forEach((field2, i) => {
          source.line(`case ${i}: {`);
          this.#into(value, field2.type, path === "" ? field2.name : `${path}.${field2.name}`, depth + 1);
          source.line(`${target} = { kind: ${JSON.stringify(field2.name)}, value: ${value} }; break; }`);
        });
        source.line("default: p -= 2;");
        this.#call(target, `${source.constant("other", this.#options.otherForm(type))}(s, d - ${depth})`, path);
        source.line("}");
      }
      #into(target, type, path, depth) {
        const source = this.#source;
        switch (type.kind) {
          case "struct":
          case "union":
            if (this.#options.shape.inlines(type)) this.#record(target, type, path, depth);
            else this.#call(target, `${this.#functionOf(type)}(s, d - ${depth})`, path);
            return;
          case "list": {
            const [length, i, value] = [source.local("l"), source.local("i"), source.local("r")];
            this.#length(length, "listLength", listLength, "a list", 1, path);
            source.line(`${target} = []; for (let ${i} = 0; ${i} < ${length}; ${i}++) { let ${value};`);
            this.#into(value, type.item, `${path}[\${${i}}]`, depth + 1);
            source.line(`${target}.push(${value}); }`);
            return;
          }
          case "map": {
            const [length, i, key, value] = [source.local("l"), source.local("i"), source.local("k"), source.local("r")];
            this.#length(length, "mapLength", mapLength, "a map", 2, path);
            source.line(`${target} = {}; for (let ${i} = 0; ${i} < ${length}; ${i}++) { let ${key}, ${value};`);
            this.#text(key, path, "a map's key, as a string");
            this.#into(value, type.value, `${path}\${${source.constant("keyStep", keyStep)}(${key})}`, depth + 1);
            source.line(
              `if (${key} === "__proto__") ${source.constant("setOwn", setOwn)}(${target}, ${key}, ${value}); else ${target}[${key}] = ${value}; }`
            );
            return;
          }
          case "any":
            this.#call(target, `${source.constant("readAny", readAny)}(s, d - ${depth})`, path);
            return;
          default:
            this.#scalar(target, type, path);
        }
      }
      /** The length of a list or map, checked before anything is made. Beyond the buffer it is NaN, so ask what must hold. */
      #length(length, hint, read, expected, bytes, path) {
        const source = this.#source;
        source.line(`c = b[p++]; const ${length} = ${source.constant(hint, read)}(b, p, c);`);
        source.line(`if (${length} < 0) ${this.#misfit(path, expected, "p - 1")}`);
        source.line(`p += ${source.constant("WIDTH", WIDTH)}[c]; n -= ${length};`);
        source.line(
          `if (!(n >= 0 && ${bytes === 1 ? length : `${length} * ${bytes}`} <= e - p)) { s.p = p; s.n = n + ${length}; ${source.constant("takeElements", takeElements)}(s, ${length}, ${bytes}); }`
        );
      }
      #text(target, path, expected) {
        const source = this.#source;
        const length = source.local("l");
        source.line(`c = b[p++]; let ${length} = c - 160;`);
        source.line(
          `if (!(${length} >= 0 && ${length} <= 31)) { ${length} = ${source.constant("stringLength", stringLength)}(b, p, c); if (${length} < 0) ${this.#misfit(path, expected, "p - 1")} p += ${source.constant("WIDTH", WIDTH)}[c]; }`
        );
        source.line(`if (!(${length} <= e - p)) { s.p = p; ${source.constant("checkBytes", checkBytes)}(s, ${length}); }`);
        source.line(`${target} = ${source.constant("readText", readText)}(b, p, ${length}); p += ${length};`);
      }
      #scalar(target, type, path) {
        const source = this.#source;
        const width = source.constant("WIDTH", WIDTH);
        switch (type.kind) {
          case "bool":
            source.line(
              `c = b[p++]; if (c === ${TRUE}) ${target} = true; else if (c === ${FALSE}) ${target} = false; else ${this.#misfit(path, "bool", "p - 1")}`
            );
            return;
          case "int32":
          case "int53":
            source.line(
              `c = b[p++]; if (c < 128) ${target} = c; else { ${target} = ${source.constant("readInteger", readInteger)}(b, p, c);`
            );
            source.line(
              `if (${type.kind === "int32" ? `(${target} | 0) !== ${target}` : `${target} !== ${target}`}) ${this.#misfit(path, type.kind, "p - 1")} p += ${width}[c]; }`
            );
            return;
          case "float64":
            source.line(
              `c = b[p++]; if (c === 203) { ${target} = ${source.constant("readDouble", readDouble)}(b, p); p += 8; } else { ${target} = ${source.constant("readNumber", readNumber2)}(b, p, c);`
            );
            source.line(`if (${target} === undefined) ${this.#misfit(path, type.kind, "p - 1")} p += ${width}[c]; }`);
            return;
          case "string":
            this.#text(target, path, "string");
            return;
          case "bytes": {
            const length = source.local("l");
            source.line(`c = b[p++]; const ${length} = ${source.constant("bytesLength", bytesLength)}(b, p, c);`);
            source.line(`if (${length} < 0) ${this.#misfit(path, "bytes", "p - 1")} p += ${width}[c];`);
            source.line(
              `if (!(${length} <= e - p)) { s.p = p; ${source.constant("checkBytes", checkBytes)}(s, ${length}); }`
            );
            source.line(`${target} = ${source.constant("copyBytes", copyBytes)}(b, p, p + ${length}); p += ${length};`);
            return;
          }
          default:
            this.#call(target, `${source.constant("scalar", readScalar(type, type))}(s, 0)`, path);
            return;
        }
      }
    };
  }
});

// codecs/msgpack/resolver.ts
function resolveRecord(writer, reader, readerOf) {
  return reader.kind === "union" ? resolveUnion(writer, reader, readerOf) : resolveStruct(writer, reader, readerOf);
}
function resolve(writer, reader, readerOf) {
  switch (reader.kind) {
    case "struct":
    case "union": {
      let read;
      return (cursor, depth) => {
        read ??= readerOf(writer, reader);
        return read(cursor, depth);
      };
    }
    case "list":
      return resolveList(writer, reader, readerOf);
    case "map":
      return resolveMap(writer, reader, readerOf);
    default:
      return readScalar(writer, reader);
  }
}
function open(cursor, lengthOf, bytes) {
  checkBytes(cursor, 1);
  const tag = cursor.b[cursor.p];
  const length = lengthOf(cursor.b, cursor.p + 1, tag);
  if (length < 0) return -1;
  checkBytes(cursor, 1 + WIDTH[tag]);
  cursor.p += 1 + WIDTH[tag];
  takeElements(cursor, length, bytes);
  return length;
}
function at(read, cursor, depth, step) {
  try {
    return read(cursor, depth);
  } catch (thrown) {
    throw within(step(), thrown);
  }
}
function resolveList(writer, reader, readerOf) {
  const item = resolve(writer.item, reader.item, readerOf);
  return (cursor, depth) => {
    const length = open(cursor, listLength, 1);
    if (length < 0) throw misfitAt("", "a list", cursor, cursor.p);
    const list = [];
    for (let i = 0; i < length; i++) list.push(at(item, cursor, depth - 1, () => `[${i}]`));
    return list;
  };
}
function resolveMap(writer, reader, readerOf) {
  const value = resolve(writer.value, reader.value, readerOf);
  return (cursor, depth) => {
    const length = open(cursor, mapLength, 2);
    if (length < 0) throw misfitAt("", "a map", cursor, cursor.p);
    const map = {};
    for (let i = 0; i < length; i++) {
      const key = readKey(cursor);
      setOwn(
        map,
        key,
        at(value, cursor, depth - 1, () => keyStep(key))
      );
    }
    return map;
  };
}
function readKey(cursor) {
  const key = readString(cursor);
  if (key === void 0) throw misfitAt("", "a map's key, as a string", cursor, cursor.p);
  return key;
}
function resolveStruct(writer, reader, readerOf) {
  const byName = /* @__PURE__ */ new Map();
  reader.fields.forEach((field2, index) => {
    const written = writer.fields.find((one) => one.name === field2.name);
    if (written !== void 0)
      byName.set(field2.name, { index, field: field2, read: resolve(written.type, field2.type, readerOf) });
  });
  const byPosition = positions(writer).map((field2) => byName.get(field2.name));
  const absent = reader.fields.map(absentValue);
  const readSlot = (cursor, slot, values, depth) => {
    checkBytes(cursor, 1);
    if (slot === void 0) {
      skip(cursor);
      return;
    }
    if (isAbsent(cursor, slot.field)) return;
    values[slot.index] = at(slot.read, cursor, depth - 1, () => slot.field.name);
  };
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep2();
    const values = new Array(reader.fields.length);
    const count = open(cursor, listLength, 1);
    if (count >= 0) {
      for (let i = 0; i < count; i++) readSlot(cursor, byPosition[i], values, depth);
    } else {
      const entries = open(cursor, mapLength, 2);
      if (entries < 0) throw misfitAt("", reader.name, cursor, cursor.p);
      for (let i = 0; i < entries; i++) {
        const key = readKey(cursor);
        readSlot(cursor, byName.get(key), values, depth);
      }
    }
    const object = {};
    reader.fields.forEach((field2, i) => {
      const value = values[i] === void 0 ? absent[i]?.() : values[i];
      if (value !== void 0) object[field2.name] = value;
    });
    return object;
  };
}
function isAbsent(cursor, field2) {
  const tag = cursor.b[cursor.p];
  if (field2.type.kind !== "any") {
    if (tag !== NIL) return false;
    cursor.p++;
    return true;
  }
  if (tag !== FIXEXT1 || cursor.b[cursor.p + 1] !== 0) return false;
  checkBytes(cursor, 3);
  cursor.p += 3;
  return true;
}
function absentValue(field2) {
  if (field2.optional) return () => void 0;
  if (field2.defaultValue !== void 0) {
    const copy = compileCopy(field2.type);
    return () => copy(field2.defaultValue);
  }
  if (zero(field2.type) !== void 0) return () => zero(field2.type);
  const name = "name" in field2.type ? field2.type.name : field2.type.kind;
  return () => {
    throw new Misfit(field2.name, name, void 0);
  };
}
function resolveUnion(writer, reader, readerOf) {
  const expected = `one of ${reader.fields.map((field2) => field2.name).join(", ")}`;
  const cases = /* @__PURE__ */ new Map();
  for (const field2 of reader.fields) {
    const written = writer.fields.find((one) => one.name === field2.name);
    if (written !== void 0) cases.set(field2.name, resolve(written.type, field2.type, readerOf));
  }
  const names2 = positions(writer).map((field2) => field2.name);
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep2();
    const start = cursor.p;
    let kind;
    if (open(cursor, listLength, 1) === 2) {
      checkBytes(cursor, 1);
      const tag = cursor.b[cursor.p++];
      checkBytes(cursor, WIDTH[tag]);
      const index = readInteger(cursor.b, cursor.p, tag);
      cursor.p += WIDTH[tag];
      kind = names2[index];
    } else {
      cursor.p = start;
      if (open(cursor, mapLength, 2) === 1) kind = readKey(cursor);
    }
    if (kind === void 0) throw misfitAt("", expected, cursor, start);
    const read = cases.get(kind);
    if (read === void 0) throw new Misfit("", expected, kind);
    const value = at(read, cursor, depth - 1, () => kind);
    return { kind, value };
  };
}
var init_resolver = __esm({
  "codecs/msgpack/resolver.ts"() {
    "use strict";
    init_check();
    init_copy();
    init_misfit();
    init_plain();
    init_cursor();
    init_encoder2();
    init_format();
    init_misfit2();
    init_read();
    init_scalar();
  }
});

// codecs/msgpack/decoder.ts
function decoder2(read, limits) {
  const { maxDepth, maxElements } = limits;
  return (b, start, end) => {
    const cursor = { b, p: start, s: start, e: end, n: maxElements };
    let value;
    try {
      value = read(cursor, maxDepth);
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
    if (cursor.p > end) throw truncated(end - start);
    if (cursor.p < end) throw malformed2(`${end - cursor.p} bytes follow the message, at byte ${cursor.p - start}`);
    if (cursor.n < 0) throw tooMany2();
    return value;
  };
}
var Readers;
var init_decoder2 = __esm({
  "codecs/msgpack/decoder.ts"() {
    "use strict";
    init_misfit();
    init_same();
    init_cursor();
    init_reader();
    init_resolver();
    Readers = class {
      #shape;
      #compiled = /* @__PURE__ */ new WeakMap();
      #otherForms = /* @__PURE__ */ new WeakMap();
      #pairs = /* @__PURE__ */ new WeakMap();
      constructor(shape) {
        this.#shape = shape;
      }
      of(writer, reader) {
        if (!sameType(writer, reader)) return this.#pair(writer, reader);
        let read = this.#compiled.get(reader);
        if (read === void 0) {
          read = compileReader(reader, { shape: this.#shape, otherForm: (type) => this.#otherForm(type) });
          this.#compiled.set(reader, read);
        }
        return read;
      }
      #pair(writer, reader) {
        let byReader = this.#pairs.get(writer);
        if (byReader === void 0) {
          byReader = /* @__PURE__ */ new WeakMap();
          this.#pairs.set(writer, byReader);
        }
        let read = byReader.get(reader);
        if (read === void 0) {
          read = resolveRecord(writer, reader, (w, r) => this.of(w, r));
          byReader.set(reader, read);
        }
        return read;
      }
      /** One function per type, which resolves itself when a message of that form comes. */
      #otherForm(type) {
        let known = this.#otherForms.get(type);
        if (known === void 0) {
          known = (cursor, depth) => this.#pair(type, type)(cursor, depth);
          this.#otherForms.set(type, known);
        }
        return known;
      }
    };
  }
});

// codecs/msgpack/index.ts
var msgpack_exports = {};
__export(msgpack_exports, {
  msgpack: () => msgpack
});
function msgpack(options = {}) {
  const shape = new Shape();
  const writing = { shape, writeAny: untypedWriter(), maps: options.maps ?? false };
  const writers = /* @__PURE__ */ new WeakMap();
  const readers = new Readers(shape);
  return Object.freeze({
    name: "msgpack",
    selfDescribing: true,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}) {
      checkReadable(writer, reader, reader.name);
      const decode2 = decoder2(readers.of(writer, reader), limits);
      if (foreign) return Object.freeze({ encodeInto: refuseForeign, decode: decode2 });
      const write = writers.get(writer) ?? compileWriter2(writer, writing);
      writers.set(writer, write);
      const { maxDepth } = limits;
      const encodeInto = (value, out) => {
        try {
          out.position = write(value, out, out.position, maxDepth);
        } catch (thrown) {
          throw refuse2(writer, value, thrown, maxDepth);
        }
      };
      return Object.freeze({ encodeInto, decode: decode2 });
    }
  });
}
var init_msgpack = __esm({
  "codecs/msgpack/index.ts"() {
    "use strict";
    init_codec();
    init_compat();
    init_foreign2();
    init_misfit();
    init_source();
    init_decoder2();
    init_encoder2();
    init_untyped();
  }
});

// adapters.ts
init_error();
var transports = {
  memory: async () => (await Promise.resolve().then(() => (init_memory(), memory_exports))).memory(),
  tcp: async () => (await Promise.resolve().then(() => (init_tcp(), tcp_exports))).tcp(),
  tls: async () => (await Promise.resolve().then(() => (init_tcp(), tcp_exports))).tcp(),
  unix: async () => (await Promise.resolve().then(() => (init_tcp(), tcp_exports))).tcp()
};
var codecs = {
  json: async () => (await Promise.resolve().then(() => (init_json(), json_exports))).json(),
  msgpack: async () => (await Promise.resolve().then(() => (init_msgpack(), msgpack_exports))).msgpack()
};
var Adapters = class {
  #given;
  #transports = /* @__PURE__ */ new Map();
  #codecs = /* @__PURE__ */ new Map();
  constructor(given) {
    this.#given = given;
  }
  transportOf = async (url) => {
    const scheme = /^([a-z][a-z0-9+.-]*):/.exec(url)?.[1];
    const given = this.#given.find(
      (transport) => transport.scheme === scheme || (transport.schemes?.includes(scheme ?? "") ?? false)
    );
    if (given) return given;
    const load = scheme === void 0 || !Object.hasOwn(transports, scheme) ? void 0 : transports[scheme];
    if (load === void 0 || scheme === void 0) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `${url}: no transport for this URL; known are ${Object.keys(transports).join("://, ")}://`
      });
    }
    return remember(this.#transports, scheme, load);
  };
  codecOf = async (name) => {
    const load = Object.hasOwn(codecs, name) ? codecs[name] : void 0;
    if (load === void 0) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `codec ${JSON.stringify(name)} is not known; known are ${Object.keys(codecs).join(", ")}`
      });
    }
    return remember(this.#codecs, name, load);
  };
  /** Every codec, as a server offers them. */
  allCodecs() {
    return Promise.all(Object.keys(codecs).map((name) => this.codecOf(name)));
  }
};
function remember(loaded, name, load) {
  let adapter = loaded.get(name);
  if (adapter === void 0) {
    adapter = load();
    loaded.set(name, adapter);
  }
  return adapter;
}
async function registryOf(given) {
  if (typeof given !== "string") return { registry: given, ownsRegistry: false };
  throw new RpcError({
    code: "INVALID_ARGUMENT",
    message: `registry ${given}: no adapter for this URL; pass memoryRegistry() from trunkline/registry/memory, or use endpoints`
  });
}

// core/balancer.ts
var roundRobin = () => {
  let turn2 = 0;
  return (candidates) => {
    turn2 = turn2 + 1 >= candidates.length ? 0 : turn2 + 1;
    return candidates[turn2];
  };
};

// core/channel.ts
init_error();

// core/member.ts
init_error();
var Member = class {
  url;
  /** Undefined until the link exists and the contract is bound. */
  port;
  link;
  #failed;
  #pool;
  #stop;
  #left = false;
  constructor(url, pool) {
    this.url = url;
    this.#pool = pool;
  }
  /** Why this endpoint cannot serve the contract at all. */
  get refused() {
    return this.#failed ?? this.port?.refused;
  }
  get ready() {
    return this.port !== void 0 && this.refused === void 0 && this.link?.state === "ready";
  }
  /** True while it may yet become ready without a failure in between. */
  get coming() {
    if (this.refused || this.#left) return false;
    const state = this.link?.state;
    return state === void 0 || state === "connecting" || state === "draining" || state === "ready" && this.port === void 0;
  }
  get pending() {
    return this.link?.pending ?? 0;
  }
  get instance() {
    return this.link?.instance ?? this.url;
  }
  get reason() {
    return this.refused ?? this.link?.reason;
  }
  async join(contract, codec, changed) {
    try {
      const link = await this.#pool.acquire(this.url);
      if (this.#left) return this.#pool.release(this.url);
      this.link = link;
      this.#stop = link.onState(changed);
      this.port = await link.bind(contract, codec);
    } catch (error) {
      this.#failed = RpcError.from(error, String(error));
    }
    changed();
  }
  leave() {
    if (this.#left) return;
    this.#left = true;
    this.#stop?.();
    if (this.link) this.#pool.release(this.url);
  }
};

// core/channel.ts
var MAX_ATTEMPTS = 3;
var MAX_WAITING = 1e5;
var Channel = class {
  contract;
  #codec;
  #pool;
  #balance;
  #members = /* @__PURE__ */ new Map();
  #ready = [];
  #waiting = /* @__PURE__ */ new Set();
  #watchers = /* @__PURE__ */ new Set();
  #closed = false;
  constructor(contract, codec, pool, balance) {
    this.contract = contract;
    this.#codec = codec;
    this.#pool = pool;
    this.#balance = balance;
  }
  get ready() {
    return this.#ready;
  }
  get members() {
    return [...this.#members.values()];
  }
  /** Replaces the list of endpoints; those that stay keep their connection. */
  setEndpoints(urls) {
    if (this.#closed) return;
    for (const [url, member2] of this.#members) {
      if (urls.includes(url)) continue;
      this.#members.delete(url);
      member2.leave();
    }
    for (const url of urls) {
      if (this.#members.has(url)) continue;
      const member2 = new Member(url, this.#pool);
      this.#members.set(url, member2);
      void member2.join(this.contract, this.#codec, this.#changed);
    }
    this.#changed();
  }
  /** Told whenever the set of ready members may have changed; returns what stops it. */
  onChange(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
  /** Resolves when a member is ready; rejects with the reasons when none can be. */
  whenReady() {
    return new Promise((resolve2, reject) => {
      let stop = () => {
      };
      const look = () => {
        if (this.#ready.length > 0) resolve2();
        else if (!this.#anyComing()) reject(this.unavailable());
        else return false;
        stop();
        return true;
      };
      if (!look()) stop = this.onChange(look);
    });
  }
  /** Sends the call to a member, now or when one is connected. Throws what `send` throws: the arguments do not fit. */
  dispatch(call) {
    const member2 = this.pick();
    if (member2 !== void 0) member2.port.send(call);
    else this.#wait(call);
  }
  pick() {
    const ready = this.#ready;
    return ready.length > 1 ? this.#balance(ready) : ready[0];
  }
  retry(call, error) {
    if (this.#closed || ++call.attempts >= MAX_ATTEMPTS) return false;
    const unsent = error.retryable && error.code === "UNAVAILABLE";
    if (!unsent && !(call.method.idempotent && error.code === "UNAVAILABLE")) return false;
    if (this.#ready.length === 0 && !this.#anyComing()) return false;
    queueMicrotask(() => {
      if (call.settled) return;
      try {
        this.dispatch(call);
      } catch (thrown) {
        call.fail(RpcError.from(thrown));
      }
    });
    return true;
  }
  settled(call) {
    if (this.#waiting.size > 0) this.#waiting.delete(call);
  }
  #wait(call) {
    call.timeoutMs = void 0;
    if (!this.#anyComing() || this.#closed) call.fail(this.unavailable());
    else if (this.#waiting.size >= MAX_WAITING) {
      call.fail(
        new RpcError({
          code: "RESOURCE_EXHAUSTED",
          message: `${MAX_WAITING} calls already wait for a connection to ${this.contract.name}`
        })
      );
    } else this.#waiting.add(call);
  }
  #anyComing() {
    for (const member2 of this.#members.values()) if (member2.coming) return true;
    return false;
  }
  /** The error of a call that no member can take, with the reason of each. */
  unavailable() {
    const { name, version, group } = this.contract;
    const service2 = `${name} ${version}${group === "" ? "" : ` (group ${group})`}`;
    if (this.#closed)
      return new RpcError({ code: "UNAVAILABLE", message: `the client is closed; connect again to call ${service2}` });
    const members = this.members;
    const refusal = members.length > 0 && members.every((member2) => member2.refused) ? members[0]?.refused : void 0;
    if (refusal) return refusal;
    const fatal = members.find((member2) => member2.reason?.code === "UNAUTHENTICATED")?.reason;
    if (fatal) return fatal;
    const reasons = members.map(
      (member2) => `${member2.url}: ${member2.reason?.message ?? member2.link?.state ?? "not connected"}`
    );
    const why = reasons.length === 0 ? "no provider is registered" : reasons.join("; ");
    return new RpcError({
      code: "UNAVAILABLE",
      message: `no instance of ${service2} can be reached: ${why}`,
      retryable: true
    });
  }
  #changed = () => {
    this.#ready = this.members.filter((member2) => member2.ready);
    if (this.#ready.length > 0 && this.#waiting.size > 0) {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const call of waiting) {
        try {
          this.dispatch(call);
        } catch (error) {
          call.fail(RpcError.from(error));
        }
      }
    } else if (this.#waiting.size > 0 && !this.#anyComing()) this.#failWaiting(this.unavailable());
    for (const watcher of [...this.#watchers]) watcher();
  };
  #failWaiting(error) {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call.fail(error);
  }
  close() {
    this.#closed = true;
    for (const member2 of this.#members.values()) member2.leave();
    this.#members.clear();
    this.#ready = [];
    this.#failWaiting(this.unavailable());
    for (const watcher of [...this.#watchers]) watcher();
  }
};

// core/client.ts
init_error();

// core/link-pool.ts
init_error();
var LinkPool = class {
  #environment;
  #transportOf;
  #links = /* @__PURE__ */ new Map();
  #closed = false;
  constructor(environment, transportOf) {
    this.#environment = environment;
    this.#transportOf = transportOf;
  }
  /** The link to `url`; whoever acquires it releases it. */
  async acquire(url) {
    const transport = await this.#transportOf(url);
    if (this.#closed)
      throw new RpcError({ code: "FAILED_PRECONDITION", message: "the client is closed; connect again" });
    let entry = this.#links.get(url);
    if (entry === void 0) {
      entry = { link: transport.connect(url, this.#environment), users: 0 };
      this.#links.set(url, entry);
    }
    entry.users++;
    return entry.link;
  }
  release(url) {
    const entry = this.#links.get(url);
    if (entry === void 0 || --entry.users > 0) return;
    this.#links.delete(url);
    void entry.link.close();
  }
  async close() {
    this.#closed = true;
    const links = [...this.#links.values()];
    this.#links.clear();
    await Promise.all(links.map(({ link }) => link.close()));
  }
  destroy(error) {
    this.#closed = true;
    for (const { link } of this.#links.values()) link.destroy(error);
    this.#links.clear();
  }
};

// core/caller.ts
init_error();

// core/future.ts
init_error();
var Future = class {
  #promise;
  #cancel;
  #platform;
  #done = false;
  constructor(promise, cancel, platform) {
    this.#promise = promise;
    this.#cancel = cancel;
    this.#platform = platform;
    const done = () => {
      this.#done = true;
    };
    promise.then(done, done);
  }
  /** True once there is a result or an error. */
  get done() {
    return this.#done;
  }
  // biome-ignore lint/suspicious/noThenProperty: a future is awaited like a promise
  then(onValue, onError) {
    return this.#promise.then(onValue, onError);
  }
  /** The result, if it comes within `timeoutMs`; else `DEADLINE_EXCEEDED`. The call itself goes on. */
  get(timeoutMs) {
    if (timeoutMs === void 0) return this.#promise;
    return new Promise((resolve2, reject) => {
      const stop = this.#platform.schedule(
        timeoutMs,
        () => reject(
          new RpcError({
            code: "DEADLINE_EXCEEDED",
            message: `the future had no result within ${timeoutMs} ms; the call goes on, get it later or cancel it`
          })
        )
      );
      this.#promise.then(
        (value) => {
          stop();
          resolve2(value);
        },
        (error) => {
          stop();
          reject(error);
        }
      );
    });
  }
  /** Gives the call up; the server is told. Without effect once it is done. */
  cancel() {
    if (!this.#done) this.#cancel();
  }
  /** The results of all, in order; the first error cancels the others. */
  static async all(futures) {
    try {
      return await Promise.all(futures);
    } catch (error) {
      for (const future2 of futures) future2.cancel();
      throw error;
    }
  }
};
function cancelled(call, reason) {
  return new RpcError({ code: "CANCELLED", message: `${call.method.name}: cancelled by the caller`, cause: reason });
}

// core/interceptor.ts
function compose(interceptors, innermost) {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), innermost);
}

// core/lazy-stream.ts
init_error();
var LazyStream = class {
  #channel;
  #platform;
  #request;
  #inner;
  #ended = false;
  #reading = false;
  #cut;
  #cutting;
  /** Why it was cut between two items: the next `next()` says so, or a cut would look like the end. */
  #cutBy;
  #stop = [];
  constructor(channel, context, request) {
    this.#channel = channel;
    this.#platform = context.platform;
    this.#request = request;
  }
  [Symbol.asyncIterator]() {
    return this;
  }
  async next() {
    if (this.#ended) {
      const error = this.#cutBy;
      this.#cutBy = void 0;
      if (error) throw error;
      return { value: void 0, done: true };
    }
    this.#reading = true;
    try {
      this.#inner ??= this.#open();
      const step = this.#inner.then((inner2) => inner2.next());
      const result = await (this.#cutting === void 0 ? step : Promise.race([step, this.#cutting]));
      if (result.done) this.#finish();
      return result;
    } catch (error) {
      this.#finish();
      throw error;
    } finally {
      this.#reading = false;
    }
  }
  async return() {
    this.#finish();
    const inner2 = this.#inner;
    if (inner2) await (await inner2.catch(() => void 0))?.return?.();
    return { value: void 0, done: true };
  }
  async #open() {
    this.#watch();
    const member2 = this.#channel.pick() ?? await this.#channel.whenReady().then(() => this.#channel.pick());
    if (member2 === void 0) throw this.#channel.unavailable();
    return member2.port.open(this.#request)[Symbol.asyncIterator]();
  }
  /** A signal or a deadline costs a race per item; without them there is none. */
  #watch() {
    const { signal, deadline, method } = this.#request;
    if (signal === void 0 && deadline === void 0) return;
    this.#cutting = new Promise((_, reject) => {
      this.#cut = (error) => {
        if (this.#ended) return;
        if (!this.#reading) this.#cutBy = error;
        reject(error);
        void this.return();
      };
    });
    this.#cutting.catch(() => {
    });
    if (signal) {
      const abort = () => this.#cut?.(
        new RpcError({ code: "CANCELLED", message: `${method.name}: cancelled by the caller`, cause: signal.reason })
      );
      signal.addEventListener("abort", abort, { once: true });
      this.#stop.push(() => signal.removeEventListener("abort", abort));
      if (signal.aborted) abort();
    }
    if (deadline !== void 0) {
      const left = Math.max(0, deadline - this.#platform.now());
      this.#stop.push(
        this.#platform.schedule(
          left,
          () => this.#cut?.(
            new RpcError({
              code: "DEADLINE_EXCEEDED",
              message: `${method.name}: the stream was still open at its deadline`
            })
          )
        )
      );
    }
  }
  #finish() {
    this.#ended = true;
    for (const stop of this.#stop.splice(0)) stop();
  }
};

// core/caller.ts
init_metadata();
init_outgoing();
var Caller = class {
  method;
  #context;
  #channel;
  #chain;
  constructor(method, context, channel) {
    this.method = method;
    this.#context = context;
    this.#channel = channel;
    this.#chain = context.interceptors.length === 0 ? void 0 : compose(context.interceptors, (call) => this.#innermost(call));
  }
  get channel() {
    return this.#channel;
  }
  /** True where no interceptor stands between a call and its channel. */
  get plain() {
    return this.#chain === void 0;
  }
  get platform() {
    return this.#context.platform;
  }
  /** A unary call: the promise of its value. */
  unary(args, options) {
    if (this.#chain !== void 0) return this.#intercepted(args, options);
    return this.start(args, options).promise;
  }
  /** A unary or oneway call on its way, without interceptors. */
  start(args, options) {
    const call = this.create(args, options);
    if (call.settled) return call;
    try {
      this.#channel.dispatch(call);
    } catch (error) {
      call.fail(RpcError.from(error, String(error)));
    }
    return call;
  }
  /** The call with its deadline running, not yet sent. */
  create(args, options, sender = this.#channel) {
    const { platform, wheel, timeoutMs } = this.#context;
    const call = new OutgoingCall(sender, wheel, this.method, args);
    const current2 = platform.current?.getStore();
    if (options === void 0 && current2 === void 0) {
      call.startDeadline(platform.now(), timeoutMs);
      return call;
    }
    const terms = this.#terms(options, current2);
    call.metadata = terms.metadata;
    const now = platform.now();
    call.startDeadline(now, terms.dueMs === void 0 ? timeoutMs : Math.max(0, terms.dueMs - now));
    if (terms.signal) this.#follow(call, terms.signal);
    const tell = options?.onReplyMetadata;
    if (tell)
      call.promise.then(
        () => tell(call.replyMetadata),
        () => {
        }
      );
    return call;
  }
  /** A oneway: throws where the arguments do not fit; resolves when the bytes have left. */
  oneway(args, options) {
    if (this.#chain !== void 0) return this.#intercepted(args, options);
    const call = this.create(args, options);
    try {
      if (!call.settled) this.#channel.dispatch(call);
    } catch (error) {
      call.promise.catch(() => {
      });
      call.fail(RpcError.from(error, String(error)));
      throw error;
    }
    return call.promise;
  }
  stream(args, options) {
    const current2 = this.#context.platform.current?.getStore();
    const terms = this.#terms(options, current2);
    const dueMs = options?.timeoutMs === void 0 && current2?.deadline === void 0 ? void 0 : terms.dueMs;
    const open2 = (metadata) => new LazyStream(this.#channel, this.#context, {
      method: this.method,
      args,
      metadata,
      deadline: dueMs,
      signal: terms.signal,
      onReplyMetadata: options?.onReplyMetadata
    });
    if (this.#chain === void 0) return open2(terms.metadata);
    const chain = compose(this.#context.interceptors, async (call) => ({
      value: open2(call.metadata),
      metadata: emptyMetadata
    }));
    return deferred(async () => (await chain(this.#call(args, terms))).value);
  }
  async #intercepted(args, options) {
    const terms = this.#terms(options, this.#context.platform.current?.getStore());
    const reply = await this.#chain(this.#call(args, terms));
    options?.onReplyMetadata?.(reply.metadata);
    return reply.value;
  }
  #call(args, terms) {
    const timeoutMs = terms.dueMs === void 0 ? void 0 : Math.max(0, terms.dueMs - this.#context.platform.now());
    return {
      service: this.#channel.contract.name,
      method: this.method,
      args,
      metadata: terms.metadata,
      timeoutMs,
      signal: terms.signal
    };
  }
  /** Behind the interceptors: sends what they made of the call. */
  async #innermost(call) {
    const options = {
      metadata: call.metadata,
      ...call.timeoutMs === void 0 ? {} : { timeoutMs: call.timeoutMs },
      ...call.signal === void 0 ? {} : { signal: call.signal }
    };
    const outgoing = this.start(call.args, options);
    const value = await outgoing.promise;
    return { value, metadata: outgoing.replyMetadata };
  }
  #terms(options, current2) {
    const { platform, timeoutMs } = this.#context;
    const inherited = current2 && travelling(current2.metadata);
    const given = options?.metadata;
    const metadata = inherited || given ? createMetadata({ ...inherited, ...given }) : emptyMetadata;
    const asked = options?.timeoutMs ?? timeoutMs;
    if (!(asked >= 0))
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `timeoutMs: expected a number from 0, got ${String(asked)}`
      });
    const dueMs = Math.min(platform.now() + asked, current2?.deadline ?? Number.POSITIVE_INFINITY);
    return { metadata, dueMs, signal: options?.signal };
  }
  #follow(call, signal) {
    const abort = () => call.abandon(cancelled(call, signal.reason));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const stop = () => signal.removeEventListener("abort", abort);
    call.promise.then(stop, stop);
  }
};
function deferred(open2) {
  return {
    async *[Symbol.asyncIterator]() {
      yield* await open2();
    }
  };
}

// core/proxy.ts
init_error();

// core/multicast.ts
init_error();
var once2 = { retry: () => false, settled: () => {
} };
async function* multicast(caller, args, options) {
  const { channel } = caller;
  if (channel.ready.length === 0) await channel.whenReady();
  await Promise.all(channel.members.filter((member2) => member2.coming).map((member2) => settled(caller, member2)));
  const replies = channel.ready.map((member2) => ask(caller, member2, args, options));
  const waiting = new Map(replies.map((reply, i) => [i, reply.then((value) => ({ i, value }))]));
  while (waiting.size > 0) {
    const { i, value } = await Promise.race(waiting.values());
    waiting.delete(i);
    yield value;
  }
}
function settled(caller, member2) {
  return new Promise((resolve2) => {
    const stop = caller.channel.onChange(() => {
      if (member2.coming) return;
      stop();
      resolve2();
    });
    if (!member2.coming) {
      stop();
      resolve2();
    }
  });
}
async function ask(caller, member2, args, options) {
  const { instance, url: endpoint } = member2;
  try {
    const call = caller.create(args, options, once2);
    try {
      member2.port?.send(call);
    } catch (error) {
      call.fail(RpcError.from(error, String(error)));
    }
    return { instance, endpoint, ok: true, value: await call.promise };
  } catch (error) {
    return { instance, endpoint, ok: false, error: RpcError.from(error, String(error)) };
  }
}

// core/topic-client.ts
init_metadata();

// core/subscription.ts
init_error();
var HandledSubscription = class {
  closed;
  #handler;
  #onError;
  #sources = /* @__PURE__ */ new Set();
  #droppedBy = /* @__PURE__ */ new Map();
  #droppedBefore = 0;
  #turn = Promise.resolve();
  #resolve;
  #reject;
  #ended = false;
  #onEnd;
  constructor(handler, onError, onEnd) {
    this.#handler = handler;
    this.#onError = onError ?? (() => {
    });
    this.#onEnd = onEnd;
    this.closed = new Promise((resolve2, reject) => {
      this.#resolve = resolve2;
      this.#reject = reject;
    });
    this.closed.catch(() => {
    });
  }
  get ended() {
    return this.#ended;
  }
  get dropped() {
    let sum = this.#droppedBefore;
    for (const dropped of this.#droppedBy.values()) sum += dropped;
    return sum;
  }
  /** Resolves once the source has confirmed; rejects if it fails before. `lost` is told when it ends after that. */
  async attach(source, lost2) {
    this.#sources.add(source);
    try {
      const first = await source.next();
      if (first.done)
        throw new RpcError({ code: "UNAVAILABLE", message: "the subscription ended before it was confirmed" });
    } catch (error) {
      this.#sources.delete(source);
      throw error;
    }
    void this.#read(source, lost2);
  }
  async #read(source, lost2) {
    let error;
    try {
      for (let step = await source.next(); !step.done && !this.#ended; step = await source.next()) {
        const { value, key, headers, dropped } = step.value;
        if (dropped !== void 0) this.#droppedBy.set(source, dropped);
        const turn2 = this.#turn.then(() => this.#ended ? void 0 : this.#handler(value, { key, headers }));
        this.#turn = turn2.catch((thrown) => this.#onError(thrown));
        await this.#turn;
      }
    } catch (thrown) {
      error = RpcError.from(thrown, String(thrown));
    }
    this.#sources.delete(source);
    this.#droppedBefore += this.#droppedBy.get(source) ?? 0;
    this.#droppedBy.delete(source);
    if (!this.#ended) lost2(error);
  }
  /** Ends with an error that no reconnect can mend. */
  fail(error) {
    if (this.#ended) return;
    this.#onError(error);
    this.#reject(error);
    void this.#end();
  }
  async unsubscribe() {
    this.#resolve();
    await this.#end();
  }
  async #end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    await Promise.all([...this.#sources].map((source) => source.return?.()));
  }
  async [Symbol.asyncDispose]() {
    await this.unsubscribe();
  }
};

// core/topic-client.ts
var RemoteTopic = class {
  #topic;
  #publish;
  #subscriptions;
  constructor(topic2, publish, subscriptions) {
    this.#topic = topic2;
    this.#publish = publish;
    this.#subscriptions = subscriptions;
  }
  async publish(value, options = {}) {
    await this.#publish.unary([{ key: options.key ?? "", headers: options.headers ?? {}, value }], void 0);
  }
  async subscribe(handler, options = {}) {
    const { channel } = this.#publish;
    const attached = /* @__PURE__ */ new Set();
    let stop = () => {
    };
    const subscription = new HandledSubscription(handler, options.onError, () => {
      stop();
      this.#subscriptions.delete(subscription);
    });
    const attach = async (member2) => {
      if (attached.has(member2) || subscription.ended || !member2.ready || member2.port === void 0) return;
      attached.add(member2);
      const source = member2.port.open({
        method: this.#topic.subscribe,
        args: [{ key: options.key, bufferSize: options.bufferSize, overflow: options.overflow }],
        metadata: emptyMetadata,
        deadline: void 0,
        signal: void 0,
        onReplyMetadata: void 0
      })[Symbol.asyncIterator]();
      try {
        await subscription.attach(source, (error) => {
          attached.delete(member2);
          if (error?.code === "RESOURCE_EXHAUSTED") return subscription.fail(error);
          if (error) options.onError?.(error);
          if (member2.ready) void attach(member2).catch((again) => options.onError?.(again));
        });
      } catch (error) {
        attached.delete(member2);
        throw error;
      }
    };
    await channel.whenReady();
    await Promise.all(channel.ready.map(attach));
    stop = channel.onChange(() => {
      for (const member2 of channel.ready) void attach(member2).catch((error) => options.onError?.(error));
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }
};

// core/proxy.ts
function createProxy(channel, context, channelOf, subscriptions) {
  const proxy = {};
  const { contract } = channel;
  for (const method of contract.methods)
    proxy[method.name] = createMethod(new Caller(method, context, channel), void 0, channelOf, context);
  for (const topic2 of contract.topics)
    proxy[topic2.name] = new RemoteTopic(topic2, new Caller(topic2.publish, context, channel), subscriptions);
  return Object.freeze(proxy);
}
function createMethod(caller, options, channelOf, context) {
  const method = bare(caller, options);
  return Object.assign(method, variants(caller, options), {
    with(given) {
      const merged = { ...options, ...given };
      if (given.codec === void 0) return createMethod(caller, merged, channelOf, context);
      return otherCodec(caller.method, given.codec, merged, channelOf, context);
    }
  });
}
function bare(caller, options) {
  switch (caller.method.kind) {
    case "unary":
      return (...args) => caller.unary(args, options);
    case "oneway":
      return (...args) => {
        caller.oneway(args, options).catch(() => {
        });
      };
    case "stream":
      return (...args) => caller.stream(args, options);
  }
}
function variants(caller, options) {
  switch (caller.method.kind) {
    case "unary":
      return {
        future: (...args) => future(caller, args, options),
        callback: (...args) => callback(caller, args, options),
        multicast: (...args) => multicast(caller, args, options)
      };
    case "oneway":
      return { sent: async (...args) => caller.oneway(args, options) };
    case "stream":
      return {};
  }
}
function future(caller, args, options) {
  if (options?.signal === void 0 && caller.plain) {
    const call = caller.start(args, options);
    return new Future(call.promise, () => call.abandon(cancelled(call)), caller.platform);
  }
  const controller = new AbortController();
  const signal = options?.signal === void 0 ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  return new Future(caller.unary(args, { ...options, signal }), () => controller.abort(), caller.platform);
}
function callback(caller, args, options) {
  const done = args.pop();
  if (typeof done !== "function") {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${caller.method.name}.callback: the last argument is the function that gets the result`
    });
  }
  caller.unary(args, options).then(
    (value) => done(void 0, value),
    (error) => done(error, void 0)
  );
}
function otherCodec(method, codec, options, channelOf, context) {
  let ready;
  const caller = () => {
    ready ??= channelOf(codec).then((channel) => new Caller(method, context, channel));
    return ready;
  };
  const { codec: _, ...rest } = options;
  switch (method.kind) {
    case "unary":
      return async (...args) => (await caller()).unary(args, rest);
    case "oneway":
      return (...args) => {
        caller().then((made) => made.oneway(args, rest)).catch(() => {
        });
      };
    case "stream":
      return (...args) => ({
        async *[Symbol.asyncIterator]() {
          yield* (await caller()).stream(args, rest);
        }
      });
  }
}

// core/t.ts
init_code();
init_error();
var NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
var QUALIFIED = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
var FORBIDDEN = /* @__PURE__ */ new Set(["__proto__", "constructor", "prototype", "then"]);
var MAX_FIELD_NUMBER = 536870911;
function checkName(what, name, pattern = NAME) {
  if (typeof name !== "string" || !pattern.test(name) || FORBIDDEN.has(name)) {
    throw new TypeError(`${what}: ${JSON.stringify(name)} is not a usable name; use letters, digits and _`);
  }
}
function checkQualifiedName(what, name) {
  checkName(what, name, QUALIFIED);
}
function node(members) {
  return Object.freeze(members);
}
function scalar(kind) {
  return Object.freeze({ kind });
}
function lazyFields(owner, declared) {
  let resolved;
  return () => {
    resolved ??= resolveFields(owner, declared);
    return resolved;
  };
}
function resolveFields(owner, declared) {
  const used = /* @__PURE__ */ new Map();
  const fields = Object.keys(declared).map((name, index) => {
    checkName(`field of ${owner}`, name);
    const field2 = toField(`${owner}.${name}`, name, index + 1, declared[name]);
    const other = used.get(field2.number);
    if (other !== void 0)
      throw new TypeError(`${owner}: fields ${other} and ${name} both have number ${field2.number}`);
    used.set(field2.number, name);
    return field2;
  });
  return Object.freeze(fields);
}
function toField(path, name, position, declared) {
  let type = declared;
  let number = position;
  if (type?.kind === "field") {
    number = type.number;
    type = type.inner;
  }
  const optional = type?.kind === "optional";
  const defaultValue = type?.kind === "default" ? type.value : void 0;
  if (type?.kind === "optional" || type?.kind === "default") type = type.inner;
  if (!isType(type)) throw new TypeError(`${path}: expected a type made by t, got ${String(declared)}`);
  return Object.freeze({ name, number, type, optional, defaultValue });
}
var kinds = /* @__PURE__ */ new Set([
  ..."bool int32 int64 int53 decimal float32 float64 string bytes timestamp any list map enum struct union".split(" ")
]);
function isType(value) {
  return typeof value === "object" && value !== null && kinds.has(value.kind);
}
function inner(what, type) {
  if (isType(type)) return type;
  throw new TypeError(`${what}: expected a type made by t, got ${String(type?.kind ?? type)}`);
}
var t = Object.freeze({
  bool: scalar("bool"),
  int32: scalar("int32"),
  int64: scalar("int64"),
  int53: scalar("int53"),
  decimal: scalar("decimal"),
  float32: scalar("float32"),
  float64: scalar("float64"),
  string: scalar("string"),
  bytes: scalar("bytes"),
  timestamp: scalar("timestamp"),
  any: scalar("any"),
  list(item) {
    return node({ kind: "list", item: inner("t.list", item) });
  },
  map(value) {
    return node({ kind: "map", value: inner("t.map", value) });
  },
  /** @example t.enums("shop.Color", ["red", "green"]) */
  enums(name, members) {
    checkQualifiedName("t.enums", name);
    if (members.length === 0) throw new TypeError(`t.enums ${name}: needs at least one member`);
    for (const member2 of members) checkName(`member of ${name}`, member2);
    if (new Set(members).size !== members.length) throw new TypeError(`t.enums ${name}: a member stands twice`);
    return node({ kind: "enum", name, members: Object.freeze([...members]) });
  },
  /** For a recursive struct use a getter: `t.struct("Node", { get next() { return t.optional(Node); } })`. */
  struct(name, fields) {
    checkQualifiedName("t.struct", name);
    const resolve2 = lazyFields(name, fields);
    return node({
      kind: "struct",
      name,
      get fields() {
        return resolve2();
      }
    });
  },
  /** Values are `{ kind: "card", value }`. */
  union(name, cases) {
    checkQualifiedName("t.union", name);
    if (Object.keys(Object.getOwnPropertyDescriptors(cases)).length === 0) {
      throw new TypeError(`t.union ${name}: needs at least one case`);
    }
    const resolve2 = lazyFields(name, cases);
    return node({
      kind: "union",
      name,
      get fields() {
        const resolved = resolve2();
        for (const field2 of resolved) {
          if (field2.optional || field2.defaultValue !== void 0) {
            throw new TypeError(`${name}.${field2.name}: a case of a union is neither optional nor has a default`);
          }
        }
        return resolved;
      }
    });
  },
  optional(type) {
    return node({ kind: "optional", inner: inner("t.optional", type) });
  },
  /** A field that a reader fills with `value` where the writer left it out or has an older version of the type. */
  default(type, value) {
    if (value === void 0) throw new TypeError("t.default: the default cannot be undefined; use t.optional");
    return node({ kind: "default", inner: inner("t.default", type), value });
  },
  /** Pins a field's number, so that fields can be moved or removed without breaking older peers. */
  field(number, type) {
    const reserved = number >= 19e3 && number <= 19999;
    if (!Number.isInteger(number) || number < 1 || number > MAX_FIELD_NUMBER || reserved) {
      throw new TypeError(
        `t.field: ${number} is not a field number; use 1 to ${MAX_FIELD_NUMBER}, but not 19000 to 19999`
      );
    }
    return node({ kind: "field", number, inner: type });
  },
  /** A function handed over as an argument; only as a parameter of a method. */
  callback(params, returns) {
    return node({ kind: "callback", params: toParams(params ?? []), returns });
  },
  /** A stream handed over as an argument; only as the parameter of a method, at most one. */
  stream(item) {
    return node({ kind: "stream", item: inner("t.stream", item) });
  },
  /** Declares an exception: a class to throw in a handler, which arrives as itself at the caller. */
  error(name, fields, options = {}) {
    checkQualifiedName("t.error", name);
    const code = options.code ?? "FAILED_PRECONDITION";
    if (!(code in codes)) throw new TypeError(`t.error ${name}: ${code} is not a code; see docs/errors.md`);
    const resolve2 = lazyFields(name, fields);
    for (const field2 of Object.keys(fields)) {
      if (field2 in RpcError.prototype || ["code", "message", "metadata", "details", "retryable", "cause", "name", "stack"].includes(field2)) {
        throw new TypeError(`t.error ${name}: ${field2} is a member of every error; name the field differently`);
      }
    }
    const type = Object.freeze({
      kind: "error",
      name,
      get fields() {
        return resolve2();
      },
      create: (values, message) => new Declared(values, message === void 0 ? {} : { message })
    });
    class Declared extends RpcError {
      static type = type;
      constructor(values, given = {}) {
        const message = given.message ?? options.message ?? name;
        const base = { code, message };
        super(given.cause === void 0 ? base : { ...base, cause: given.cause });
        this.name = name;
        for (const field2 of resolve2()) {
          Object.defineProperty(this, field2.name, { value: values?.[field2.name], enumerable: true });
        }
      }
    }
    return Declared;
  }
});
function arg(name, type) {
  checkName("arg", name);
  return Object.freeze({ name, type });
}
function toParams(declared) {
  const params = declared.map((param, index) => {
    if (param !== null && typeof param === "object" && "name" in param && "type" in param) return param;
    return Object.freeze({ name: `arg${index + 1}`, type: param });
  });
  const seen = /* @__PURE__ */ new Set();
  for (const { name } of params) {
    if (seen.has(name)) throw new TypeError(`parameter ${name} stands twice`);
    seen.add(name);
  }
  return Object.freeze(params);
}

// core/definition.ts
var DEFINITION = /* @__PURE__ */ Symbol.for("trunkline.definition");
function rpc(options) {
  return define({ ...options, kind: "rpc", untyped: options === void 0 });
}
var ANY2 = Object.freeze({ kind: "any" });
function define(definition) {
  const checked = "params" in definition ? { ...definition, params: toParams(definition.params ?? []) } : definition;
  const role = definition.kind === "topic" ? "topic" : "method";
  const decorate = (target, _context, descriptor) => {
    const member2 = descriptor === void 0 ? target : role === "topic" ? descriptor.get : descriptor.value;
    if (typeof member2 !== "function") {
      throw new TypeError(`${definition.kind}: decorates a ${role === "topic" ? "getter" : "method"}, nothing else`);
    }
    Object.defineProperty(member2, DEFINITION, { value: checked, configurable: true });
  };
  return Object.freeze(Object.assign(decorate, { role, definition: Object.freeze(checked) }));
}
function definitionOf(member2) {
  if (typeof member2 !== "function") return void 0;
  const own = Object.getOwnPropertyDescriptor(member2, DEFINITION);
  return own?.value ?? (Object.hasOwn(member2, "definition") ? member2.definition : void 0);
}

// core/describe.ts
init_contract();
init_fingerprint();
function describe(name, options, members) {
  checkQualifiedName("service", name);
  const version = options.version ?? "1.0.0";
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new TypeError(`service ${name}: version ${JSON.stringify(version)} is not like 1.0.0`);
  }
  const methods = [];
  const topics = [];
  for (const [member2, definition] of members) {
    checkName(`member of ${name}`, member2);
    if (definition.kind === "topic") topics.push([member2, definition]);
    else methods.push(describeMethod(name, member2, methods.length, definition));
  }
  const described = topics.map(([topic2, { value }], i) => {
    const index = methods.length + 2 * i;
    return Object.freeze({
      name: topic2,
      value,
      publish: topicOperation(name, topic2, "publish", index, value),
      subscribe: topicOperation(name, topic2, "subscribe", index + 1, value)
    });
  });
  const operations = [...methods, ...described.flatMap((topic2) => [topic2.publish, topic2.subscribe])];
  if (operations.length === 0) throw new TypeError(`service ${name} declares no method and no topic`);
  const contract = {
    name,
    version,
    group: options.group ?? "",
    methods: Object.freeze(methods),
    topics: Object.freeze(described),
    operations: Object.freeze(operations)
  };
  return Object.freeze({ ...contract, fingerprint: fingerprint(contract) });
}
function describeMethod(service2, name, index, definition) {
  const path = `${service2}.${name}`;
  const params = definition.params ?? [];
  const streams = params.flatMap((param, i) => param.type.kind === "stream" ? [i] : []);
  if (streams.length > 1) throw new TypeError(`${path}: has two stream parameters; one is the most`);
  if (streams.length > 0 && definition.kind === "oneway") throw new TypeError(`${path}: a oneway takes no stream`);
  const callbacks = params.flatMap(
    (param, i) => param.type.kind === "callback" ? [describeCallback(path, param, i)] : []
  );
  if (callbacks.length > 0 && definition.kind === "oneway") {
    throw new TypeError(`${path}: a oneway takes no callback, because nothing says when it may be released`);
  }
  const base = `${service2}.${name[0]?.toUpperCase()}${name.slice(1)}`;
  const request = requestShape(path, `${base}Request`, params);
  const returns = definition.kind === "stream" ? definition.yields : definition.kind === "rpc" ? definition.returns : void 0;
  const response = definition.untyped ? { type: untypedResponse, bare: false } : responseShape(path, `${base}Response`, returns);
  const upstream = params[streams[0] ?? -1];
  return Object.freeze({
    name,
    index,
    kind: definition.kind === "rpc" ? "unary" : definition.kind,
    params,
    request: definition.untyped ? untypedRequest : request.type,
    bareRequest: !definition.untyped && request.bare,
    response: response.type,
    bareResponse: response.bare,
    streamParam: streams[0] ?? -1,
    upstream: upstream?.type.kind === "stream" ? responseShape(path, `${base}Item`, upstream.type.item) : void 0,
    callbacks: Object.freeze(callbacks),
    throws: Object.freeze("throws" in definition ? (definition.throws ?? []).map((declared) => declared.type) : []),
    idempotent: definition.kind === "rpc" && definition.idempotent === true,
    untyped: definition.untyped,
    topic: void 0
  });
}
function describeCallback(path, param, position) {
  if (param.type.kind !== "callback") throw new TypeError(`${path}.${param.name} is not a callback`);
  const here = `${path}.${param.name}`;
  for (const inner2 of param.type.params) {
    if (inner2.type.kind === "callback" || inner2.type.kind === "stream") {
      throw new TypeError(`${here}: a callback takes neither callbacks nor streams`);
    }
  }
  const base = `${path}.${param.name[0]?.toUpperCase()}${param.name.slice(1)}`;
  const request = requestShape(here, `${base}Request`, param.type.params);
  const response = responseShape(here, `${base}Response`, param.type.returns);
  return Object.freeze({
    position,
    name: param.name,
    request: request.type,
    bareRequest: request.bare,
    response: response.type,
    bareResponse: response.bare,
    paramCount: param.type.params.length
  });
}
function requestShape(path, name, params) {
  const only = params.length === 1 ? params[0] : void 0;
  if (only?.type.kind === "struct") return { type: only.type, bare: true };
  const fields = [];
  params.forEach((param, i) => {
    const { type } = param;
    if (type.kind === "stream") return;
    fields.push(
      type.kind === "callback" ? field(param.name, i + 1, t.int53) : toField(`${path}.${param.name}`, param.name, i + 1, type)
    );
  });
  return { type: struct(name, fields), bare: false };
}
function responseShape(path, name, returns) {
  if (returns === void 0) return { type: struct(name, []), bare: false };
  if (returns.kind === "struct") return { type: returns, bare: true };
  return { type: struct(name, [toField(`${path}: result`, "result", 1, returns)]), bare: false };
}
function topicOperation(service2, topic2, verb, index, value) {
  const base = `${service2}.${topic2[0]?.toUpperCase()}${topic2.slice(1)}`;
  const message = struct(`${base}Message`, [
    field("key", 1, t.string),
    field("headers", 2, t.map(t.string)),
    field("value", 3, value)
  ]);
  const pattern = struct(`${base}Subscribe`, [
    field("key", 1, t.string, true),
    field("bufferSize", 2, t.int32, true),
    field("overflow", 3, t.string, true)
  ]);
  const delivery = struct(`${base}Delivery`, [
    field("key", 1, t.string),
    field("headers", 2, t.map(t.string)),
    field("value", 3, value, true),
    field("confirmed", 4, t.bool, true),
    field("dropped", 5, t.int53, true)
  ]);
  const publish = verb === "publish";
  return Object.freeze({
    name: `${topic2}#${verb}`,
    index,
    kind: publish ? "unary" : "stream",
    params: Object.freeze([
      Object.freeze({ name: publish ? "message" : "pattern", type: publish ? message : pattern })
    ]),
    request: publish ? message : pattern,
    bareRequest: true,
    response: publish ? struct(`${base}Published`, []) : delivery,
    bareResponse: !publish,
    streamParam: -1,
    upstream: void 0,
    callbacks: Object.freeze([]),
    throws: Object.freeze([]),
    idempotent: false,
    untyped: false,
    topic: topic2
  });
}

// core/service.ts
var CONTRACT = /* @__PURE__ */ Symbol.for("trunkline.contract");
var IMPLEMENTATION = /* @__PURE__ */ Symbol.for("trunkline.implementation");
function defineService(name, options, members) {
  const definitions = /* @__PURE__ */ new Map();
  for (const [member2, value] of Object.entries(members)) {
    const definition = definitionOf(value);
    if (definition === void 0) {
      throw new TypeError(`service ${name}: ${member2} is not made by rpc, oneway, stream or topic`);
    }
    definitions.set(member2, definition);
  }
  return describe(name, options, definitions);
}
function contractOf(contract) {
  if (typeof contract !== "function") return contract;
  const found = contract[CONTRACT];
  if (found === void 0) {
    throw new TypeError(`${contract.name || "the class"} is not a contract: decorate it with @service(name)`);
  }
  return found;
}
function isUnimplemented(member2) {
  return member2 === void 0 || definitionOf(member2) !== void 0;
}
function implement(contract, handlers) {
  for (const name of Object.keys(handlers)) {
    if (!contract.methods.some((method) => method.name === name)) {
      throw new TypeError(`implement ${contract.name}: the contract has no method ${name}`);
    }
  }
  return Object.freeze({
    [IMPLEMENTATION]: true,
    contract,
    handlers,
    instance: void 0
  });
}
function isImplementation(value) {
  return IMPLEMENTATION in value;
}

// core/timer-wheel.ts
var TICK_MS = 8;
var SLOTS = 512;
var TimerWheel = class {
  #platform;
  #slots = new Array(SLOTS).fill(void 0);
  #size = 0;
  /** The last tick that was looked at. */
  #tick = 0;
  #stop;
  constructor(platform) {
    this.#platform = platform;
  }
  add(item) {
    if (this.#size++ === 0) this.#start();
    item.dueMs = Math.max(item.dueMs, (this.#tick + 1) * TICK_MS);
    const slot = this.#slotOf(item);
    const head = this.#slots[slot];
    item.next = head;
    if (head !== void 0) head.previous = item;
    this.#slots[slot] = item;
  }
  /** False if it was not there. */
  remove(item) {
    const { previous, next } = item;
    if (next !== void 0) next.previous = previous;
    if (previous !== void 0) previous.next = next;
    else {
      const slot = this.#slotOf(item);
      if (this.#slots[slot] !== item) return false;
      this.#slots[slot] = next;
    }
    item.previous = void 0;
    item.next = void 0;
    this.#size--;
    return true;
  }
  #slotOf(item) {
    return Math.ceil(item.dueMs / TICK_MS) % SLOTS;
  }
  #start() {
    if (this.#stop !== void 0) return;
    this.#tick = Math.floor(this.#platform.now() / TICK_MS);
    this.#stop = this.#platform.schedule(TICK_MS, this.#advance);
  }
  #advance = () => {
    this.#stop = void 0;
    if (this.#size === 0) return;
    const now = this.#platform.now();
    const until = Math.floor(now / TICK_MS);
    const from = Math.max(this.#tick + 1, until - SLOTS + 1);
    this.#tick = until;
    const due = [];
    for (let tick = from; tick <= until; tick++) {
      for (let item = this.#slots[tick % SLOTS]; item !== void 0; item = item.next) {
        if (item.dueMs <= now) due.push(item);
      }
    }
    for (const item of due) if (this.remove(item)) item.expire();
    if (this.#size > 0) this.#stop ??= this.#platform.schedule(TICK_MS, this.#advance);
  };
};

// core/client.ts
var RpcClient = class {
  #adapters;
  #settings;
  #wheel;
  #pool;
  #channels = /* @__PURE__ */ new Set();
  #stops = [];
  #subscriptions = /* @__PURE__ */ new Set();
  #closed = false;
  constructor(adapters, settings) {
    this.#adapters = adapters;
    this.#settings = settings;
    this.#wheel = new TimerWheel(adapters.platform);
    const environment = {
      platform: adapters.platform,
      wheel: this.#wheel,
      credentials: () => settings.credentials,
      onError: settings.onError
    };
    this.#pool = new LinkPool(environment, (url) => adapters.transportOf(url));
  }
  /**
   * A proxy for a service: finds and connects its providers, compares the contracts and prepares every method.
   * Rejects with `UNAVAILABLE` if no provider can be reached, `FAILED_PRECONDITION` if the contracts do not fit.
   */
  async refer(contract, options = {}) {
    this.#assertOpen();
    const descriptor = contractOf(contract);
    const chosen = options.codec ?? this.#settings.codec;
    const balance = (options.balancer ?? this.#settings.balancer)(this.#adapters.platform);
    const byCodec2 = /* @__PURE__ */ new Map();
    const channelOf = (codec) => {
      const name = typeof codec === "string" ? codec : codec.name;
      let channel2 = byCodec2.get(name);
      if (channel2 === void 0) {
        channel2 = this.#open(descriptor, codec, balance, options);
        byCodec2.set(name, channel2);
        channel2.catch(() => byCodec2.delete(name));
      }
      return channel2;
    };
    const channel = await channelOf(chosen);
    const context = {
      platform: this.#adapters.platform,
      wheel: this.#wheel,
      timeoutMs: options.timeoutMs ?? this.#settings.timeoutMs,
      interceptors: [...this.#settings.interceptors, ...options.interceptors ?? []]
    };
    return createProxy(channel, context, channelOf, this.#subscriptions);
  }
  async #open(contract, chosen, balance, options) {
    const codec = typeof chosen === "string" ? await this.#adapters.codecOf(chosen) : chosen;
    checkCodec(contract, codec);
    const channel = new Channel(contract, codec, this.#pool, balance);
    this.#channels.add(channel);
    const { endpoints } = this.#settings;
    const { registry } = this.#adapters;
    try {
      if (endpoints) channel.setEndpoints(endpoints);
      else if (registry) {
        const { name: service2, version, group } = contract;
        this.#stops.push(
          await registry.watch({ service: service2, version, group }, (instances) => {
            const urls = instances.map((instance) => chooseEndpoint(instance.endpoints, options.transport));
            channel.setEndpoints([...new Set(urls.filter((url) => url !== void 0))]);
          })
        );
      }
      if (options.check !== false) await channel.whenReady();
    } catch (error) {
      this.#channels.delete(channel);
      channel.close();
      throw error;
    }
    this.#assertOpen();
    return channel;
  }
  #assertOpen() {
    if (this.#closed)
      throw new RpcError({ code: "FAILED_PRECONDITION", message: "the client is closed; connect again" });
  }
  /** Drains: calls in progress end, new ones are refused. */
  async close() {
    if (this.#closed) return;
    this.#closed = true;
    const unsubscribed = [...this.#subscriptions].map((subscription) => subscription.unsubscribe());
    for (const stop of this.#stops) stop();
    const closing = this.#pool.close();
    for (const channel of this.#channels) channel.close();
    await Promise.all([...unsubscribed, closing]);
    if (this.#adapters.ownsRegistry) await this.#adapters.registry?.close();
  }
  /** Cuts: calls in progress fail with `error`. */
  destroy(error = new RpcError({ code: "CANCELLED", message: "the client was destroyed" })) {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#pool.destroy(error);
    for (const channel of this.#channels) channel.close();
    if (this.#adapters.ownsRegistry) void this.#adapters.registry?.close();
  }
  async [Symbol.asyncDispose]() {
    await this.close();
  }
};
function chooseEndpoint(endpoints, transport) {
  return transport === void 0 ? endpoints[0] : endpoints.find((url) => url.startsWith(`${transport}:`));
}
function checkCodec(contract, codec) {
  const untyped = contract.methods.find((method) => method.untyped);
  if (untyped && !codec.selfDescribing) {
    throw new RpcError({
      code: "FAILED_PRECONDITION",
      message: `${contract.name}.${untyped.name} has no types, and codec ${codec.name} needs them; give it params and returns, or use json or msgpack`
    });
  }
}

// platform-node.ts
import { AsyncLocalStorage } from "node:async_hooks";
var current = new AsyncLocalStorage();
function createNodePlatform(inherit2) {
  const platform = {
    now: () => performance.now(),
    schedule(ms, task) {
      const timer = setTimeout(task, Math.min(ms, 2 ** 31 - 1));
      timer.unref();
      return () => clearTimeout(timer);
    },
    afterTurn: (task) => process.nextTick(task),
    random: Math.random
  };
  return inherit2 ? { ...platform, current } : platform;
}

// connect.ts
async function connect(options) {
  const { endpoints, timeoutMs = 3e4 } = options;
  if (endpoints === void 0 === (options.registry === void 0)) {
    throw new TypeError("connect: give either endpoints or a registry");
  }
  if (endpoints?.length === 0)
    throw new TypeError("connect: endpoints is empty; name at least one, like tcp://127.0.0.1:20880");
  if (!(timeoutMs > 0)) throw new TypeError(`connect: timeoutMs: expected a number above 0, got ${timeoutMs}`);
  const adapters = new Adapters(options.transports ?? []);
  for (const url of endpoints ?? []) await adapters.transportOf(url);
  const platform = createNodePlatform(options.inherit ?? true);
  const { registry, ownsRegistry } = await registryOf(options.registry);
  return new RpcClient(
    { platform, transportOf: adapters.transportOf, codecOf: adapters.codecOf, registry, ownsRegistry },
    {
      endpoints: endpoints === void 0 ? void 0 : [...new Set(endpoints)],
      credentials: options.credentials,
      codec: options.codec ?? "msgpack",
      timeoutMs,
      interceptors: [...options.interceptors ?? []],
      balancer: options.balancer ?? roundRobin,
      onError: options.onError ?? (() => {
      })
    }
  );
}

// core/server.ts
init_error();

// core/platform.ts
function randomId(platform) {
  let id = "";
  while (id.length < 16) id += Math.floor(platform.random() * 36).toString(36);
  return id;
}

// core/registry.ts
function sameMajor(a, b) {
  return a.split(".", 1)[0] === b.split(".", 1)[0];
}

// core/serving.ts
init_error();
init_explain();
init_metadata();

// core/oneways.ts
init_promise();
var Oneways = class {
  #running = /* @__PURE__ */ new Set();
  /** The same invocation, remembered until its handler is done. */
  track(invoke) {
    return (call, args) => {
      const result = invoke(call, args);
      if (isPromise2(result)) {
        this.#running.add(result);
        const done = () => {
          this.#running.delete(result);
        };
        result.then(done, done);
      }
      return result;
    };
  }
  async idle() {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
};

// core/topic-hub.ts
init_error();

// core/topic.ts
function keyMatcher(pattern) {
  if (pattern === void 0 || pattern === ">") return () => true;
  const words = pattern.split(".");
  return (key) => {
    const parts = key.split(".");
    for (let i = 0; i < words.length; i++) {
      if (words[i] === ">" && i === words.length - 1) return parts.length > i;
      if (i >= parts.length || words[i] !== "*" && words[i] !== parts[i]) return false;
    }
    return parts.length === words.length;
  };
}

// core/topic-hub.ts
var DEFAULT_BUFFER_SIZE = 1024;
var MAX_BUFFER_SIZE = 1e6;
var TopicHub = class {
  #subscribers = /* @__PURE__ */ new Set();
  publish(message) {
    for (const subscriber of this.#subscribers) subscriber.offer(message);
  }
  /** Ends every subscription: the instance is closing. */
  close() {
    for (const subscriber of [...this.#subscribers]) void subscriber.return();
  }
  subscribe(request) {
    const size = request.bufferSize ?? DEFAULT_BUFFER_SIZE;
    if (!Number.isInteger(size) || size < 1 || size > MAX_BUFFER_SIZE) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `bufferSize: expected a whole number from 1 to ${MAX_BUFFER_SIZE}, got ${size}`
      });
    }
    const overflow = request.overflow ?? "drop-oldest";
    if (!["drop-oldest", "drop-newest", "close"].includes(overflow)) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `overflow: expected drop-oldest, drop-newest or close, got ${overflow}`
      });
    }
    const subscriber = new Subscriber(
      keyMatcher(request.key),
      size,
      overflow,
      () => this.#subscribers.delete(subscriber)
    );
    this.#subscribers.add(subscriber);
    return subscriber;
  }
};
var Subscriber = class {
  #matches;
  #size;
  #overflow;
  #leave;
  #buffer = [{ key: "", headers: {}, confirmed: true }];
  #dropped = 0;
  #waiting;
  #ended = false;
  #error;
  constructor(matches, size, overflow, leave) {
    this.#matches = matches;
    this.#size = size;
    this.#overflow = overflow;
    this.#leave = leave;
  }
  offer(message) {
    if (this.#ended || !this.#matches(message.key)) return;
    const delivery = this.#dropped === 0 ? message : { ...message, dropped: this.#dropped };
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = void 0;
      waiting.resolve({ value: delivery, done: false });
      return;
    }
    if (this.#buffer.length >= this.#size && !this.#makeRoom()) return;
    this.#buffer.push(delivery);
  }
  /** True if the new message may be kept. */
  #makeRoom() {
    this.#dropped++;
    if (this.#overflow === "drop-newest") return false;
    if (this.#overflow === "drop-oldest") {
      this.#buffer.splice(this.#buffer[0]?.confirmed === true && this.#buffer.length > 1 ? 1 : 0, 1);
      return true;
    }
    this.#error = new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `the subscription fell ${this.#size} messages behind and was closed; raise bufferSize, or choose an overflow that drops`
    });
    this.#end();
    return false;
  }
  next() {
    const delivery = this.#buffer.shift();
    if (delivery) return Promise.resolve({ value: delivery, done: false });
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve({ value: void 0, done: true });
    return new Promise((resolve2, reject) => {
      this.#waiting = { resolve: resolve2, reject };
    });
  }
  return() {
    this.#buffer.length = 0;
    this.#end();
    return Promise.resolve({ value: void 0, done: true });
  }
  #end() {
    this.#ended = true;
    this.#leave();
    this.#waiting?.resolve({ value: void 0, done: true });
    this.#waiting = void 0;
  }
  [Symbol.asyncIterator]() {
    return this;
  }
};

// core/serving.ts
function serveService(service2, options) {
  const { contract, handlers, instance } = isImplementation(service2) ? service2 : implementationOf(service2);
  const topics = {};
  const hubs = /* @__PURE__ */ new Map();
  for (const topic2 of contract.topics) {
    const hub = new TopicHub();
    hubs.set(topic2.name, hub);
    topics[topic2.name] = localTopic(topic2, hub);
  }
  if (instance) {
    for (const name of Object.keys(topics))
      Object.defineProperty(instance, name, { value: topics[name], configurable: true });
  }
  const missing = contract.methods.filter((method) => isUnimplemented(handlers[method.name])).map((method) => method.name);
  if (missing.length > 0 && !options.partial) {
    throw new TypeError(
      `${contract.name}: no implementation of ${missing.join(", ")}; implement them, or serve with partial: true`
    );
  }
  const oneways = new Oneways();
  const operations = contract.operations.map((method) => {
    const hub = method.topic === void 0 ? void 0 : hubs.get(method.topic);
    const handler = hub ? topicHandler(method, hub) : handlers[method.name];
    if (handler === void 0 || hub === void 0 && isUnimplemented(handler))
      return { method, invoke: () => unimplementedMethod(contract, method) };
    const invoke = invoker(method, handler, instance, options);
    return { method, invoke: method.kind === "oneway" ? oneways.track(invoke) : invoke };
  });
  const close = () => {
    for (const hub of hubs.values()) hub.close();
  };
  return { contract, operations, topics: Object.freeze(topics), close, idle: () => oneways.idle() };
}
function unimplementedMethod(contract, method) {
  throw new RpcError({
    code: "UNIMPLEMENTED",
    message: `${contract.name}.${method.name} is not implemented by this server`
  });
}
function implementationOf(instance) {
  return {
    contract: contractOf(instance.constructor),
    handlers: instance,
    instance
  };
}
function invoker(method, handler, self, options) {
  const wantsContext = !method.untyped && handler.length > method.params.length;
  const call = wantsContext ? (context, args) => {
    args.length = method.params.length;
    args.push(context);
    return handler.apply(self, args);
  } : (_, args) => handler.apply(self, args);
  const composed = options.interceptors.length === 0 ? call : intercepted(method, call, options);
  const store = options.inherit ? options.platform.current : void 0;
  return store === void 0 ? composed : within2(store, composed);
}
function within2(store, invoke) {
  return (context, args) => store.run(context, invoke, context, args);
}
function intercepted(method, invoke, { interceptors, platform }) {
  const chain = compose(interceptors, async (call) => {
    const value = await invoke(call.context, [...call.args]);
    return { value, metadata: emptyMetadata };
  });
  return async (context, args) => {
    const { service: service2, metadata, deadline } = context;
    const timeoutMs = deadline === void 0 ? void 0 : Math.max(0, deadline - platform.now());
    const reply = await chain({ service: service2, method, args, metadata, timeoutMs, signal: void 0, context });
    if (Object.keys(reply.metadata).length > 0) context.setReplyMetadata(reply.metadata);
    return reply.value;
  };
}
function topicHandler(method, hub) {
  if (method.kind === "stream") return (request) => hub.subscribe(request);
  return (message) => hub.publish(message);
}
function localTopic(topic2, hub) {
  return {
    async publish(value, { key = "", headers = {} } = {}) {
      const misfit = explain(topic2.value, value, topic2.name);
      if (misfit) throw misfit;
      hub.publish({ key, headers, value });
    },
    async subscribe(handler, options = {}) {
      const subscription = new HandledSubscription(handler, options.onError, () => {
      });
      const request = {
        ...options.key === void 0 ? {} : { key: options.key },
        ...options.bufferSize === void 0 ? {} : { bufferSize: options.bufferSize },
        ...options.overflow === void 0 ? {} : { overflow: options.overflow }
      };
      await subscription.attach(hub.subscribe(request), (error) => error && subscription.fail(error));
      return subscription;
    }
  };
}

// core/server.ts
var RpcServer = class _RpcServer {
  /** The identifier of this instance. */
  instance;
  #adapters;
  #settings;
  #services;
  #listeners = [];
  #unregister = [];
  #closing;
  /** Use `start`: a server that does not listen yet serves nobody. */
  constructor(adapters, settings) {
    this.#adapters = adapters;
    this.#settings = settings;
    this.instance = settings.instance ?? randomId(adapters.platform);
    const { platform } = adapters;
    const { interceptors, inherit: inherit2, partial } = settings;
    this.#services = settings.services.map(
      (service2) => serveService(service2, { platform, interceptors, inherit: inherit2, partial })
    );
    const keys = this.#services.map(({ contract }) => `${contract.name} ${contract.version} ${contract.group}`);
    const twice = keys.find((key, i) => keys.indexOf(key) !== i);
    if (twice) throw new TypeError(`services: ${twice} stands twice`);
  }
  /** Listens, then registers; undoes what it did if one of them fails. */
  static async start(adapters, settings) {
    const server2 = new _RpcServer(adapters, settings);
    try {
      const host = server2.#host();
      for (const url of settings.listen)
        server2.#listeners.push(await (await adapters.transportOf(url)).listen(url, host));
      await server2.#register();
    } catch (error) {
      server2.destroy();
      throw error;
    }
    return server2;
  }
  /** The URLs that it listens on, ports filled in. */
  get endpoints() {
    return this.#listeners.map((listener) => listener.url);
  }
  /** The topics of a service as this instance's own code publishes to them and subscribes. */
  topics(contract) {
    const descriptor = contractOf(contract);
    const found = this.#services.find((served) => served.contract === descriptor);
    if (!found) throw new RpcError({ code: "NOT_FOUND", message: `${descriptor.name} is not served here` });
    return found.topics;
  }
  #host() {
    const { platform, codecs: codecs2 } = this.#adapters;
    const { authenticate, onError, inherit: inherit2 } = this.#settings;
    return {
      platform,
      wheel: new TimerWheel(platform),
      instance: this.instance,
      inherit: inherit2,
      codecs: new Map(codecs2.map((codec) => [codec.name, codec])),
      find: (name, version, group) => this.#find(name, version, group),
      authenticate: async (credentials, peer) => authenticate ? authenticate(credentials, peer) : void 0,
      onError
    };
  }
  #find(name, version, group) {
    const named = this.#services.filter((served) => served.contract.name === name);
    if (named.length === 0) {
      const known2 = this.#services.map((served) => served.contract.name).join(", ");
      return new RpcError({
        code: "UNIMPLEMENTED",
        message: `service ${name.slice(0, 200)} is not served here; this server has ${known2}`
      });
    }
    const found = named.find(({ contract }) => contract.group === group && sameMajor(contract.version, version));
    if (found) return found;
    const known = named.map(({ contract }) => describeVersion(contract)).join(", ");
    return new RpcError({
      code: "FAILED_PRECONDITION",
      message: `${name}: version ${version.slice(0, 40)}${group === "" ? "" : `, group ${group.slice(0, 200)}`} is not served here; this server has ${known}`
    });
  }
  async #register() {
    const { registry } = this.#adapters;
    if (registry === void 0) return;
    const { advertise, weight, tags } = this.#settings;
    for (const { contract } of this.#services) {
      this.#unregister.push(
        await registry.register({
          id: this.instance,
          service: contract.name,
          version: contract.version,
          group: contract.group,
          endpoints: advertise ?? this.endpoints,
          weight,
          tags
        })
      );
    }
  }
  /** Drains: leaves the registry, takes no new calls, ends those in progress, at the latest after `drainMs`. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }
  async #close() {
    for (const undo of this.#unregister.splice(0)) await undo().catch(this.#settings.onError);
    const closing = this.#listeners.map((listener) => listener.close(this.#settings.drainMs));
    for (const service2 of this.#services) service2.close();
    await Promise.all(closing);
    await this.#idle();
    if (this.#adapters.ownsRegistry) await this.#adapters.registry?.close();
  }
  /** The oneway handlers at work have no caller whose connection would wait for them. */
  async #idle() {
    let stop = () => {
    };
    const late = new Promise((resolve2) => {
      stop = this.#adapters.platform.schedule(this.#settings.drainMs, resolve2);
    });
    await Promise.race([Promise.all(this.#services.map((service2) => service2.idle())), late]);
    stop();
  }
  /** Cuts every connection at once. */
  destroy() {
    for (const undo of this.#unregister.splice(0)) undo().catch(this.#settings.onError);
    for (const listener of this.#listeners) listener.destroy();
    if (this.#adapters.ownsRegistry) void this.#adapters.registry?.close();
  }
  async [Symbol.asyncDispose]() {
    await this.close();
  }
};
function describeVersion(contract) {
  return contract.group === "" ? contract.version : `${contract.version} (group ${contract.group})`;
}

// serve.ts
async function serve(options) {
  if (options.services.length === 0) throw new TypeError("serve: services is empty; give at least one");
  if (options.listen.length === 0)
    throw new TypeError("serve: listen is empty; name at least one URL, like tcp://127.0.0.1:0");
  const adapters = new Adapters(options.transports ?? []);
  const { registry, ownsRegistry } = await registryOf(options.registry);
  return RpcServer.start(
    {
      platform: createNodePlatform(options.inherit ?? true),
      transportOf: adapters.transportOf,
      codecs: [...options.codecs ?? [], ...await adapters.allCodecs()],
      registry,
      ownsRegistry
    },
    {
      services: [...options.services],
      listen: [...options.listen],
      advertise: options.advertise,
      interceptors: [...options.interceptors ?? []],
      authenticate: options.authenticate,
      inherit: options.inherit ?? true,
      partial: options.partial ?? false,
      instance: options.instance,
      weight: options.weight ?? 100,
      tags: { ...options.tags },
      drainMs: options.drainMs ?? 1e4,
      onError: options.onError ?? ((error) => console.error(error))
    }
  );
}

// bench/rpc/order.ts
import { strictEqual } from "node:assert";
var order = {
  id: 4503599627370497,
  customer: "Ada Lovelace",
  currency: "EUR",
  express: true,
  items: [
    { sku: "TL-4711", qty: 3, price: 19.99 },
    { sku: "TL-0815", qty: 12, price: 4.5 },
    { sku: "TL-1729", qty: 1, price: 249 }
  ],
  note: "ring please"
};
strictEqual(JSON.stringify(order).length, 229, "the order is 229 bytes as JSON");
var opaque = Uint8Array.from({ length: 150 }, (_, index) => index * 167 & 255);

// ../../tmp/mb/b.ts
var Item = t.struct("bench.Item", { sku: t.string, qty: t.int32, price: t.float64 });
var Order = t.struct("bench.Order", { id: t.int53, customer: t.string, currency: t.string, express: t.bool, items: t.list(Item), note: t.string });
var Echo = defineService("bench.Echo", { version: "1.0.0" }, { echo: rpc({ params: [arg("order", Order)], returns: Order }) });
var inherit = process.argv[2] !== "false";
var server = await serve({ services: [implement(Echo, { echo: async (v) => v })], listen: ["memory://b"], inherit });
var client = await connect({ endpoints: ["memory://b"], codec: "json", inherit });
var echo = await client.refer(Echo);
for (const c of [128, 1, 128, 1, 128, 1]) {
  let n = 0;
  const t0 = performance.now();
  await Promise.all(Array.from({ length: c }, async () => {
    while (true) {
      for (let i = 0; i < 64; i++) await echo.echo(order);
      n += 64;
      if (performance.now() - t0 > 1500) break;
    }
  }));
  console.log("inherit", inherit, "c", c, Math.round(n / (performance.now() - t0)), "k calls/s");
}
await client.close();
await server.close();

import * as core from "../../core/index.ts";

/*
 * A transport that is no pipe, of nothing but what `trunkline/core` gives to everybody: a request is one message, and so is its
 * answer, or each item of it, as over HTTP. Nothing is agreed on beforehand: a letter says itself what it calls.
 */

/** Who reads letters, by their URL: lets a client in, or rejects. */
export type Office = Map<string, (client: core.AddressedSession, credentials: unknown) => Promise<Desk>>;
type Call = core.RequestedCall<core.Answers>;

const MAX_ERROR_BYTES = 65_535;

export function letters(office: Office, given: Partial<core.WireLimits> = {}): core.Transport {
  const limits = core.resolveWireLimits(given);
  const { handshakeTimeoutMs } = limits;
  const backoff = core.resolveBackoff({ firstMs: 5 });
  return {
    scheme: "letters",
    lacks: () => ["callbacks", "client streams", "bidirectional streams"],
    connect(url, environment) {
      const connect = async (user: core.SessionUser<core.AddressedOperation>): Promise<void> => {
        const { platform } = environment;
        const enter = office.get(url);
        if (enter === undefined) throw core.unreachable(url, "nobody reads letters there");
        let desk: Desk | undefined;
        const session = new core.AddressedSession({
          platform,
          limits,
          user,
          post(posting) {
            core.checkMetadataSize(posting.metadata);
            let cancel = (): void => {};
            let wanted = true;
            // A letter takes its time.
            platform.afterTurn(() => {
              if (wanted && desk) cancel = desk.receive(posting);
            });
            if (posting.codec.method.kind === "oneway") posting.answers.left();
            return {
              cancel: () => {
                wanted = false;
                cancel();
              },
            };
          },
          onEnd: (error) => desk?.leave(error),
        });
        desk = await enter(session, user.credentials);
        session.instance = desk.host.instance;
        user.onOpen(session);
        if (!session.closed) user.onReady(session);
      };
      return new core.ReconnectingLink({ url, environment, backoff, handshakeTimeoutMs, connect });
    },
    async listen(url, host) {
      if (office.has(url)) throw new core.RpcError({ code: "ALREADY_EXISTS", message: `${url}: is in use` });
      const acceptor = new core.Acceptor<Desk>(host, limits.maxConnections);
      const closing = new AbortController();
      const address = "letters";
      const enter = (client: core.AddressedSession, identity: unknown): Desk => {
        const peer = Object.freeze({ address, identity });
        const desk = acceptor.admit(address, (onLost) => new Desk({ host, limits, client, peer, onLost }));
        if (desk === undefined) throw core.unreachable(url, "it takes no more connections");
        return desk;
      };
      office.set(url, (client, credentials) => {
        const peer = { address, identity: undefined };
        return new Promise((resolve, reject) => {
          const refuse = ({ code, message, retryable }: core.RpcError): void =>
            reject(new core.RpcError({ code, message: `refused by the other side: ${message}`, retryable }));
          const stop = host.platform.schedule(core.decisionMs(handshakeTimeoutMs), () => {
            const late = core.undecided(handshakeTimeoutMs);
            host.onError(core.refused(peer, late), { peer: address, instance: host.instance });
            refuse(late);
          });
          closing.signal.addEventListener("abort", () => {
            stop();
            reject(core.unreachable(url, "its server has closed"));
          });
          const asked = host.authenticate(credentials, peer);
          asked
            .then((identity) => resolve(enter(client, identity)), refuse)
            .catch(reject)
            .finally(stop);
        });
      });
      return acceptor.listener(url, () => {
        office.delete(url);
        closing.abort();
      });
    },
  };
}

interface DeskOptions {
  readonly host: core.ServerHost;
  readonly limits: core.WireLimits;
  readonly client: core.AddressedSession;
  readonly peer: core.Peer;
  onLost(desk: Desk): void;
}

/** Answers the letters of one client. */
class Desk implements core.AcceptedSession, core.ReplySink<Call> {
  readonly host: core.ServerHost;
  readonly #options: DeskOptions;
  readonly #reception: core.Reception<core.Answers>;

  constructor(options: DeskOptions) {
    this.host = options.host;
    this.#options = options;
    this.#reception = new core.Reception({ host: options.host, limits: options.limits, sink: this });
  }

  receive({ address, metadata, timeoutMs, body = new Uint8Array(), answers }: core.Posting): () => void {
    try {
      return this.#reception.receive({ ...address, peer: this.#options.peer, metadata, timeoutMs, body }, answers);
    } catch (error) {
      answers.fail(this.#arrived(core.RpcError.from(error), undefined));
      return () => {};
    }
  }

  head(call: Call, metadata: core.Metadata): void {
    core.checkMetadataSize(metadata);
    call.to.head(metadata);
  }

  item(call: Call, value: unknown): Promise<void> | undefined {
    return call.to.item(this.#result(call, value));
  }

  reply(call: Call, value: unknown, trailers: core.Metadata | undefined): void {
    if (trailers) core.checkMetadataSize(trailers);
    call.to.reply(this.#result(call, value), trailers);
  }

  end(call: Call, trailers: core.Metadata | undefined): void {
    if (trailers) core.checkMetadataSize(trailers);
    call.to.end(trailers);
  }

  fail(call: Call, error: core.RpcError): void {
    call.to.fail(this.#arrived(error, call));
  }

  #result({ operation }: Call, value: unknown): Uint8Array {
    return core.messageBytes(this.#options.limits.maxMessageBytes, (out) => operation.codec.encodeResult(value, out));
  }

  /** The error as it comes out of its bytes at the other end. */
  #arrived(error: core.RpcError, call: Call | undefined): core.RpcError {
    const declared = call?.operation.codec.errors.get(error.name);
    const { json, lost } = core.printErrorHead(error, declared?.type.name, MAX_ERROR_BYTES);
    if (lost !== undefined && call) this.host.onError(core.curtailed(error, lost), core.sourceOf(call));
    return core.readErrorHead(json, error.code, () => {
      if (declared === undefined) return undefined;
      const { type, codec } = declared;
      const bytes = core.messageBytes(MAX_ERROR_BYTES, (out) => codec.encodeInto(error, out));
      return { type, fields: () => codec.decode(bytes, 0, bytes.length) };
    });
  }

  goaway(): void {
    this.#options.client.left();
  }

  cut(error: core.RpcError): void {
    this.leave(error);
    const message = "the other side closed the connection";
    this.#options.client.end(new core.RpcError({ code: "UNAVAILABLE", message, retryable: true }));
  }

  /** The client is gone. */
  leave(error: core.RpcError): void {
    this.#reception.abort(error);
    this.#options.onLost(this);
  }
}

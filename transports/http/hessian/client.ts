import type { Posted } from "../../../core/call/answers.ts";
import type { Codec } from "../../../core/codec.ts";
import type { ContractDescriptor } from "../../../core/contract/contract.ts";
import { RpcError } from "../../../core/error.ts";
import {
  type AddressedOperation,
  AddressedSession,
  type AddressedSessionOptions,
  type Posting,
} from "../../../core/link/addressed-session.ts";
import { ReconnectingLink } from "../../../core/link/reconnecting-link.ts";
import type { SessionUser } from "../../../core/link/session.ts";
import { emptyMetadata } from "../../../core/metadata.ts";
import type { ClientEnvironment, Link } from "../../../core/transport.ts";
import { checkMetadataSize } from "../../../core/wire/metadata.ts";
import { type Connected, dialHttp1 } from "../dial.ts";
import { overLimit } from "../envelope.ts";
import { Gathered } from "../gathered.ts";
import { credentialsHeader } from "../headers.ts";
import { failed, tellLoss } from "../loss.ts";
import type { HttpHeaders } from "../message.ts";
import type { Loss, OutgoingHeaders, Requester, ResponseReader, Sending } from "../requester.ts";
import { codeOfHttpStatus } from "../status.ts";
import { HESSIAN, readReplyHeaders, writeCallHeaders } from "./headers.ts";
import { HessianOperations } from "./operations.ts";
import { parseHessianUrl, type ResolvedHessianOptions } from "./options.ts";
import { errorOf } from "./status.ts";

/** The way to one endpoint. It is ready when a connection could be opened, since nothing is agreed on over it. */
export function connectLink(url: string, environment: ClientEnvironment, options: ResolvedHessianOptions): Link {
  const { limits, backoff } = options.http;
  const operations = new HessianOperations(options.serving, limits);
  parseHessianUrl(url);
  return new ReconnectingLink<AddressedOperation>({
    url,
    environment,
    backoff,
    handshakeTimeoutMs: limits.handshakeTimeoutMs,
    connect: (user) => connect(url, { environment, options, operations, user }),
  });
}

interface Connecting {
  readonly environment: ClientEnvironment;
  readonly options: ResolvedHessianOptions;
  readonly operations: HessianOperations;
  readonly user: SessionUser<AddressedOperation>;
}

function connect(url: string, { environment, options, operations, user }: Connecting): Promise<void> {
  const { platform } = environment;
  const { http, dubbo } = options;
  const { origin, path } = parseHessianUrl(url);
  return dialHttp1({ url: origin, platform, options: http, signal: user.signal }, (open) => {
    let site: ClientSite | undefined;
    let connected: Connected | undefined;
    const session = new HessianSession(operations, {
      platform,
      limits: http.limits,
      user,
      post: (posting) => {
        checkMetadataSize(posting.metadata);
        return new HessianCall(site as ClientSite, posting);
      },
      onEnd: (_, idle) => connected?.end(idle),
    });
    connected = open({
      onLost: (error) => session.end(error),
      onGoaway: () => session.left(),
      pending: () => session.pendingCount,
    });
    site = {
      requester: connected.requester,
      operations,
      path,
      dubbo,
      headers: credentialsHeader(user.credentials),
      maxMessageBytes: http.limits.maxMessageBytes,
      now: () => platform.now(),
      onError: (error, where) => user.onError(error, where),
      onInstance: (instance) => {
        session.instance = instance;
      },
    };
    user.onOpen(session);
    if (!session.closed) user.onReady(session);
  });
}

/** Whatever codec is asked for: the messages are Hessian's own. */
class HessianSession extends AddressedSession {
  readonly #operations: HessianOperations;

  constructor(operations: HessianOperations, options: AddressedSessionOptions) {
    super(options);
    this.#operations = operations;
  }

  override async bind(contract: ContractDescriptor, encoding: Codec): Promise<(AddressedOperation | undefined)[]> {
    const { name: service, version, group } = contract;
    return this.#operations.codecsOf(contract).map(
      (codec) =>
        codec && {
          address: { service, version, group, method: codec.method.name, codec: encoding.name },
          codec,
          encoding,
        },
    );
  }
}

interface ClientSite {
  readonly requester: Requester;
  readonly operations: HessianOperations;
  /** Of the URL: the service's own, unless it is empty or ends with a slash. */
  readonly path: string;
  readonly dubbo: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  now(): number;
  onError: SessionUser<unknown>["onError"];
  onInstance(instance: string): void;
}

/** One call. */
class HessianCall implements Posted, ResponseReader {
  readonly #site: ClientSite;
  readonly #posting: Posting;
  readonly #sending: Sending;
  #status = 0;
  #headers: HttpHeaders = {};
  readonly #body = new Gathered();
  #over = false;
  /** Of a oneway: it is done when it has left. */
  onSent: (() => void) | undefined = undefined;

  constructor(site: ClientSite, posting: Posting) {
    this.#site = site;
    this.#posting = posting;
    const { address, metadata, timeoutMs, body, codec, answers } = posting;
    if (codec.method.kind === "oneway") this.onSent = () => answers.left();
    const headers: OutgoingHeaders = writeCallHeaders(metadata, { ...versionOf(address), timeoutMs }, site.dubbo);
    Object.assign(headers, site.headers);
    headers["content-type"] = HESSIAN;
    const path = site.path === "" ? "/" : site.path;
    this.#sending = site.requester.request(
      {
        method: "POST",
        path: path.endsWith("/") ? path + address.service : path,
        headers,
        body,
        streamed: false,
      },
      this,
    );
  }

  cancel(): void {
    this.#over = true;
    this.#sending.abort();
  }

  onHead(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    const instance = headers["trunkline-instance"];
    if (instance !== undefined) this.#site.onInstance(String(instance));
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    const { maxMessageBytes } = this.#site;
    if (this.#body.length + bytes.length <= maxMessageBytes) return this.#body.push(bytes);
    this.#body.clear();
    this.#fail(overLimit(maxMessageBytes));
    this.#sending.abort();
  }

  onEnd(): void {
    if (this.#over) return;
    const { answers, codec } = this.#posting;
    const body = this.#body.take();
    if (this.#status !== 200 && String(this.#headers["content-type"] ?? "") !== HESSIAN) {
      const message = `the server answered with HTTP ${this.#status}`;
      return this.#fail(new RpcError({ code: codeOfHttpStatus(this.#status), message }));
    }
    const { head, trailers } = readReplyHeaders(this.#headers);
    try {
      const fault = this.#site.operations.faultOf(codec, body);
      if (fault !== undefined) {
        const retryable = this.#headers["trunkline-retryable"] !== undefined;
        return this.#fail(errorOf(fault, { metadata: trailers, retryable }));
      }
    } catch {
      // A fault that cannot be read, as a reply that cannot: the attempt to read it says so.
    }
    this.#over = true;
    if (this.onSent !== undefined) return answers.left();
    if (head !== emptyMetadata) answers.head(head);
    answers.reply(body, trailers === emptyMetadata ? undefined : trailers);
  }

  onLost(loss: Loss): void {
    if (this.#over) return;
    this.#over = true;
    tellLoss(loss, this.#posting, this.#site.now());
  }

  #fail(error: RpcError): void {
    this.#over = true;
    failed(error, this.#posting, this.#site);
  }
}

function versionOf({ version, group }: Posting["address"]): { version: string | undefined; group: string | undefined } {
  return { version, group };
}

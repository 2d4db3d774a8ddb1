import { codes } from "../../../core/code.ts";
import { stream } from "../../../core/contract/definition.ts";
import { contractOf, defineService } from "../../../core/contract/service.ts";
import { arg } from "../../../core/schema/param.ts";
import { t } from "../../../core/schema/t.ts";
import type { ServedService } from "../../../core/transport.ts";
import type { Infer } from "../../../core/type/type.ts";
import type { DescribedFile, DescriptorRegistry } from "./registry.ts";

/*
 * Server reflection, by which tools such as grpcurl learn what a server has
 * (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md). v1alpha is the same by another name.
 */

type Reflection = ReturnType<typeof declare>;
type Request = Infer<Reflection["Request"]>;
type Response = Infer<Reflection["Response"]>;

function declare(inPackage: string) {
  const field = t.field;
  const named = (name: string): string => `${inPackage}.${name}`;
  const Request = t.struct(named("ServerReflectionRequest"), {
    host: t.string,
    fileByFilename: field(3, t.optional(t.string)),
    fileContainingSymbol: field(4, t.optional(t.string)),
    fileContainingExtension: field(
      5,
      t.optional(t.struct(named("ExtensionRequest"), { containingType: t.string, extensionNumber: t.int32 })),
    ),
    allExtensionNumbersOfType: field(6, t.optional(t.string)),
    listServices: field(7, t.optional(t.string)),
  });
  const Response = t.struct(named("ServerReflectionResponse"), {
    validHost: t.string,
    originalRequest: t.optional(Request),
    fileDescriptorResponse: field(
      4,
      t.optional(t.struct(named("FileDescriptorResponse"), { fileDescriptorProto: t.list(t.bytes) })),
    ),
    allExtensionNumbersResponse: field(
      5,
      t.optional(
        t.struct(named("ExtensionNumberResponse"), { baseTypeName: t.string, extensionNumber: t.list(t.int32) }),
      ),
    ),
    listServicesResponse: field(
      6,
      t.optional(
        t.struct(named("ListServiceResponse"), {
          service: t.list(t.struct(named("ServiceResponse"), { name: t.string })),
        }),
      ),
    ),
    errorResponse: field(
      7,
      t.optional(t.struct(named("ErrorResponse"), { errorCode: t.int32, errorMessage: t.string })),
    ),
  });
  return { Request, Response };
}

/** `inPackage` is the version: `grpc.reflection.v1`. `services` are those that it lists. */
export function reflectionService(
  inPackage: string,
  registry: DescriptorRegistry,
  services: () => readonly string[],
): ServedService {
  const { Request, Response } = declare(inPackage);
  const contract = contractOf(
    defineService(
      `${inPackage}.ServerReflection`,
      {},
      {
        ServerReflectionInfo: stream({ params: [arg("requests", t.stream(Request))], yields: Response }),
      },
    ),
  );
  const invoke = (_: unknown, [requests]: unknown[]): unknown =>
    answers(requests as AsyncIterable<Request>, registry, services);
  return { contract, operations: contract.operations.map((method) => ({ method, invoke })) };
}

async function* answers(
  requests: AsyncIterable<Request>,
  registry: DescriptorRegistry,
  services: () => readonly string[],
): AsyncGenerator<Response> {
  const sent = new Set<string>();
  for await (const request of requests) {
    yield { validHost: request.host, originalRequest: request, ...answer(request, { registry, services, sent }) };
  }
}

interface Answering {
  readonly registry: DescriptorRegistry;
  readonly services: () => readonly string[];
  /** Files that this stream has told already. */
  readonly sent: Set<string>;
}

function answer(request: Request, answering: Answering): Partial<Response> {
  const { registry, services } = answering;
  if (request.listServices !== undefined)
    return { listServicesResponse: { service: services().map((name) => ({ name })) } };
  const { fileByFilename, fileContainingSymbol, fileContainingExtension, allExtensionNumbersOfType } = request;
  if (fileByFilename !== undefined) return described(registry.file(fileByFilename), fileByFilename, answering);
  if (fileContainingSymbol !== undefined)
    return described(registry.containing(fileContainingSymbol), fileContainingSymbol, answering);
  if (fileContainingExtension !== undefined) {
    const { containingType, extensionNumber } = fileContainingExtension;
    return notFound(`extension ${extensionNumber} of ${containingType}`);
  }
  if (allExtensionNumbersOfType === undefined)
    return failed("INVALID_ARGUMENT", "reflection: the request asks nothing");
  if (!registry.isMessage(allExtensionNumbersOfType)) return notFound(allExtensionNumbersOfType);
  return { allExtensionNumbersResponse: { baseTypeName: allExtensionNumbersOfType, extensionNumber: [] } };
}

/** With the files that it imports, once in a stream. */
function described(file: DescribedFile | undefined, asked: string, { registry, sent }: Answering): Partial<Response> {
  if (file === undefined) return notFound(asked);
  const files: Uint8Array[] = [file.bytes];
  sent.add(file.descriptor.name);
  for (const name of file.descriptor.dependency) {
    const imported = sent.has(name) ? undefined : registry.file(name);
    if (imported === undefined) continue;
    sent.add(name);
    files.push(imported.bytes);
  }
  return { fileDescriptorResponse: { fileDescriptorProto: files } };
}

function notFound(what: string): Partial<Response> {
  return failed("NOT_FOUND", `reflection: ${what.slice(0, 200)} is not served here`);
}

function failed(code: "INVALID_ARGUMENT" | "NOT_FOUND", errorMessage: string): Partial<Response> {
  return { errorResponse: { errorCode: codes[code], errorMessage } };
}

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, sep } from "node:path";
import type { DescMethod, Message } from "@bufbuild/protobuf";
import type protobufjs from "protobufjs";
import { fromProtobuf } from "../../core/schema/protobuf.ts";
import type { EnumDescriptor, MessageDescriptor } from "../../core/schema/protobuf-descriptor.ts";
import { withDocs } from "../docs.ts";
import { InputError } from "../input-error.ts";
import { loadLibrary } from "../library.ts";
import type { NamedType, SchemaFile } from "../schema-file.ts";
import { ProtoDescriptors } from "./descriptor.ts";
import { protoDocs } from "./docs.ts";
import { contractOfService, type ServiceDescriptor } from "./service.ts";

export interface ProtoOptions {
  /** Folders in which imports are looked for, after that of the importing file. @default none */
  readonly includes?: readonly string[];
}

/** What a file declares itself, not what it imports; of a descriptor set all that is not Google's. */
interface Declared {
  readonly services: readonly ServiceDescriptor[];
  readonly types: readonly (MessageDescriptor | EnumDescriptor)[];
  readonly docs?: ReadonlyMap<string, string>;
}

/** The services of a `.proto` file, or of a compiled descriptor set (`.binpb`), as contracts, and its types. */
export async function readProto(path: string, { includes = [] }: ProtoOptions = {}): Promise<SchemaFile> {
  const isCompiled = extname(path) === ".binpb";
  const { services, types, docs } = isCompiled ? await readDescriptorSet(path) : await parse(path, includes);
  // A contract has something to call; in a .proto file a service may be there for later.
  const used = services.filter(({ methods }) => methods.length > 0);
  try {
    return {
      contracts: new Map(used.map((service) => [service.typeName, withDocs(contractOfService(service), docs)])),
      types: types.map((type) => fromProtobuf(type) as NamedType),
      ...(docs && { docs }),
    };
  } catch (thrown) {
    throw thrown instanceof TypeError ? new InputError(`${path}: ${thrown.message}`) : thrown;
  }
}

async function parse(path: string, includes: readonly string[]): Promise<Declared> {
  const { default: library } = await loadLibrary("protobufjs", path, () => import("protobufjs"));
  const root = new library.Root();
  // Beside what is built in, the library brings files of Google that are imported rarely.
  const shipped = dirname(createRequire(import.meta.url).resolve("protobufjs/package.json"));
  const roots = [...includes, dirname(path), shipped];
  root.resolvePath = (origin, target) => {
    if (origin === "") return target;
    // A file from elsewhere is not to read what nobody named: import "../../secret".
    const found = [dirname(origin), ...roots]
      .map((folder) => join(folder, target))
      .find((file) => roots.some((folder) => isInside(folder, file)) && existsSync(file));
    if (found !== undefined) return found;
    throw new InputError(`${origin}: cannot find the import ${target}; say in which folder by --include`);
  };
  try {
    // By the other way, an unresolved name would be thrown where nobody can catch it.
    root.loadSync(path, { keepCase: true, alternateCommentMode: true });
  } catch (thrown) {
    throw thrown instanceof InputError ? thrown : new InputError(`${path}: ${(thrown as Error).message}`);
  }
  return declaredIn(root, path, library);
}

function isInside(folder: string, file: string): boolean {
  return file.startsWith(join(folder, sep));
}

function declaredIn(root: protobufjs.Root, path: string, { Type, Enum, Service }: typeof protobufjs): Declared {
  const descriptors = new ProtoDescriptors();
  const services: ServiceDescriptor[] = [];
  const types: (MessageDescriptor | EnumDescriptor)[] = [];
  const visit = (namespace: protobufjs.NamespaceBase): void => {
    for (const one of namespace.nestedArray) {
      const own = one.filename === path;
      if (own && one instanceof Service) services.push(descriptors.service(one));
      if (own && one instanceof Type) types.push(descriptors.message(one));
      if (own && one instanceof Enum) types.push(descriptors.enum(one));
      if ("nestedArray" in one) visit(one as protobufjs.NamespaceBase);
    }
  };
  visit(root);
  return { services, types, docs: protoDocs(root) };
}

async function readDescriptorSet(path: string): Promise<Declared> {
  const { createFileRegistry, fromBinary, getExtension, hasExtension, toJson } = await loadLibrary(
    "@bufbuild/protobuf",
    path,
    () => import("@bufbuild/protobuf"),
  );
  const { FileDescriptorSetSchema, MethodOptions_IdempotencyLevel: Level } = await import("@bufbuild/protobuf/wkt");
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new InputError(`cannot read ${path}: ${cause.message}`);
  });
  let registry: ReturnType<typeof createFileRegistry>;
  try {
    registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  } catch (thrown) {
    const why = (thrown as Error).message;
    throw new InputError(
      `${path}: no whole set of descriptors (${why}); make it by protoc --include_imports --descriptor_set_out`,
    );
  }
  const declared = [...registry].filter(({ file }) => !/^google\/(protobuf|api)\//.test(file.name));
  const annotation = registry.getExtension("google.api.http");
  const ruleOf = ({ proto: { options } }: DescMethod): unknown =>
    annotation?.message && options && hasExtension(options, annotation)
      ? toJson(annotation.message, getExtension(options, annotation) as Message, { useProtoFieldName: true })
      : undefined;
  return {
    services: declared.flatMap((one) =>
      one.kind !== "service"
        ? []
        : {
            typeName: one.typeName,
            methods: one.methods.map((method) => ({
              name: method.name,
              input: method.input,
              output: method.output,
              clientStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
              serverStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
              idempotent: method.idempotency !== Level.IDEMPOTENCY_UNKNOWN,
              noSideEffects: method.idempotency === Level.NO_SIDE_EFFECTS,
              http: ruleOf(method),
            })),
          },
    ),
    types: declared.flatMap((one) => (one.kind === "message" || one.kind === "enum" ? [one] : [])),
  };
}

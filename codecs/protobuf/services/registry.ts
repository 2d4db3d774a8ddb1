import type { ContractDescriptor } from "../../../core/contract/contract.ts";
import { RpcError } from "../../../core/error.ts";
import { describeFile, fileBytes, fileDescriptor, fileNameOf, wellKnownDescriptor } from "../descriptor.ts";
import type { EnumDescriptor, FileDescriptor, MessageDescriptor } from "../descriptor-types.ts";
import type { ProtoFile } from "../schema.ts";
import { wellKnownFiles } from "../well-known-files.ts";

/** A file, and its bytes. */
export interface DescribedFile {
  readonly descriptor: FileDescriptor;
  readonly bytes: Uint8Array;
}

/** The files of a server's contracts, each made when it is first asked for, and what stands in them. */
export class DescriptorRegistry {
  readonly #makers: ReadonlyMap<string, () => FileDescriptor>;
  readonly #files = new Map<string, DescribedFile | undefined>();
  #symbols: ReadonlyMap<string, string> | undefined;

  /** `known`: files that are written already, by their names. */
  constructor(contracts: readonly ContractDescriptor[], known: ReadonlyMap<string, ProtoFile>) {
    const makers = new Map<string, () => FileDescriptor>();
    for (const name of wellKnownFiles.keys()) makers.set(name, () => wellKnownDescriptor(name) as FileDescriptor);
    for (const [name, file] of known) makers.set(name, () => describeFile(file, name));
    // Of several versions of a service the first is told of.
    for (const one of contracts)
      if (!makers.has(fileNameOf(one))) makers.set(fileNameOf(one), () => fileDescriptor(one));
    this.#makers = makers;
  }

  /** `undefined` where there is none, or Protobuf cannot say what is in it. */
  file(name: string): DescribedFile | undefined {
    if (this.#files.has(name)) return this.#files.get(name);
    const file = this.#make(name);
    // The names that are asked for are the peer's: only those are kept that there are.
    if (this.#makers.has(name)) this.#files.set(name, file);
    return file;
  }

  #make(name: string): DescribedFile | undefined {
    try {
      const descriptor = this.#makers.get(name)?.();
      return descriptor && { descriptor, bytes: fileBytes(descriptor) };
    } catch (error) {
      if (RpcError.is(error)) return undefined;
      throw error;
    }
  }

  /** The file that declares a service, a method, a message, a field, an enum or one of its values. */
  containing(symbol: string): DescribedFile | undefined {
    const service = this.file(fileNameOf({ name: symbol }));
    if (service?.descriptor.service.some(({ name }) => qualified(service.descriptor, name) === symbol)) return service;
    this.#symbols ??= this.#index();
    const name = this.#symbols.get(symbol);
    return name === undefined ? undefined : this.file(name);
  }

  /** True for a message, which could have extensions. */
  isMessage(symbol: string): boolean {
    const descriptor = this.containing(symbol)?.descriptor;
    return descriptor?.messageType.some(({ name }) => qualified(descriptor, name) === symbol) ?? false;
  }

  #index(): ReadonlyMap<string, string> {
    const symbols = new Map<string, string>();
    for (const file of this.#makers.keys()) {
      const descriptor = this.file(file)?.descriptor;
      // Of two files that declare the same the first is told of.
      if (descriptor !== undefined)
        for (const symbol of symbolsOf(descriptor)) if (!symbols.has(symbol)) symbols.set(symbol, file);
    }
    return symbols;
  }
}

function qualified({ package: inPackage }: FileDescriptor, name: string): string {
  return inPackage === "" ? name : `${inPackage}.${name}`;
}

function symbolsOf(file: FileDescriptor): string[] {
  const scoped = (scope: string, enums: readonly EnumDescriptor[]): string[] =>
    enums.flatMap(({ name, value }) => [`${scope}${name}`, ...value.map((one) => `${scope}${one.name}`)]);
  const inside = (scope: string, { name, field, enumType, nestedType, oneofDecl }: MessageDescriptor): string[] => [
    `${scope}${name}`,
    ...[...field, ...oneofDecl].map((one) => `${scope}${name}.${one.name}`),
    ...scoped(`${scope}${name}.`, enumType),
    ...nestedType.flatMap((nested) => inside(`${scope}${name}.`, nested)),
  ];
  const root = file.package === "" ? "" : `${file.package}.`;
  return [
    ...file.service.flatMap(({ name, method }) => [
      `${root}${name}`,
      ...method.map((one) => `${root}${name}.${one.name}`),
    ]),
    ...file.messageType.flatMap((message) => inside(root, message)),
    ...scoped(root, file.enumType),
  ];
}

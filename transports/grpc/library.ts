import { library } from "../../core/link/library.ts";

export type GrpcLibrary = Awaited<ReturnType<typeof loadGrpc>>;

/** The library `@grpc/grpc-js`, which its user installs. */
export const loadGrpc = () => library("@grpc/grpc-js", () => import("@grpc/grpc-js"));

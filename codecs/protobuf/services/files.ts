import type { ProtoField, ProtoFile, ProtoMethod } from "../schema.ts";
import { fields, file, message } from "../well-known-files.ts";

/*
 * The files of gRPC's standard services, as their clients know them:
 * https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto and
 * https://github.com/grpc/grpc-proto/blob/master/grpc/reflection/v1/reflection.proto.
 */

const STATUS = "HealthCheckResponse.ServingStatus";

/** `(stream Request) returns (stream Response)` of a service's method. */
function method(name: string, request: string, response: string, streams: "" | "server" | "both" = ""): ProtoMethod {
  return {
    name,
    request,
    response,
    clientStream: streams === "both",
    serverStream: streams !== "",
    idempotent: false,
    noSideEffects: false,
    http: undefined,
    comment: undefined,
  };
}

export const healthFile: ProtoFile = file(
  "grpc.health.v1",
  [
    message("HealthCheckRequest", fields("string service")),
    {
      ...message("HealthCheckResponse", fields(`${STATUS} status`)),
      nested: [
        {
          name: "ServingStatus",
          values: ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"].map((name, number) => ({ name, number })),
        },
      ],
    },
    message("HealthListRequest", []),
    message("HealthListResponse", fields("map<string, HealthCheckResponse> statuses")),
  ],
  {
    service: {
      name: "Health",
      comment: undefined,
      methods: [
        method("Check", "HealthCheckRequest", "HealthCheckResponse"),
        method("List", "HealthListRequest", "HealthListResponse"),
        method("Watch", "HealthCheckRequest", "HealthCheckResponse", "server"),
      ],
    },
  },
);

function within(oneof: string, all: readonly ProtoField[]): ProtoField[] {
  return all.map((field) => ({ ...field, oneof }));
}

export function reflectionFile(inPackage: string): ProtoFile {
  return file(
    inPackage,
    [
      message("ServerReflectionRequest", [
        ...fields("string host = 1"),
        ...within(
          "message_request",
          fields(
            "string file_by_filename = 3",
            "string file_containing_symbol = 4",
            "ExtensionRequest file_containing_extension = 5",
            "string all_extension_numbers_of_type = 6",
            "string list_services = 7",
          ),
        ),
      ]),
      message("ExtensionRequest", fields("string containing_type", "int32 extension_number")),
      message("ServerReflectionResponse", [
        ...fields("string valid_host", "ServerReflectionRequest original_request"),
        ...within(
          "message_response",
          fields(
            "FileDescriptorResponse file_descriptor_response = 4",
            "ExtensionNumberResponse all_extension_numbers_response = 5",
            "ListServiceResponse list_services_response = 6",
            "ErrorResponse error_response = 7",
          ),
        ),
      ]),
      message("FileDescriptorResponse", fields("repeated bytes file_descriptor_proto")),
      message("ExtensionNumberResponse", fields("string base_type_name", "repeated int32 extension_number")),
      message("ListServiceResponse", fields("repeated ServiceResponse service")),
      message("ServiceResponse", fields("string name")),
      message("ErrorResponse", fields("int32 error_code", "string error_message")),
    ],
    {
      service: {
        name: "ServerReflection",
        comment: undefined,
        methods: [method("ServerReflectionInfo", "ServerReflectionRequest", "ServerReflectionResponse", "both")],
      },
    },
  );
}

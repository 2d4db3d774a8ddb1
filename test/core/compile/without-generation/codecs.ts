import { avro } from "../../../../codecs/avro/index.ts";
import { hessian2 } from "../../../../codecs/hessian2/index.ts";
import { json } from "../../../../codecs/json/index.ts";
import { msgpack } from "../../../../codecs/msgpack/index.ts";
import { protobuf } from "../../../../codecs/protobuf/index.ts";
import { codecSuite } from "../../../codecs/suite.ts";

codecSuite("json", json());
codecSuite("msgpack", msgpack());
codecSuite("protobuf", protobuf());
codecSuite("avro", avro());
codecSuite("hessian2", hessian2(), { cycles: "as a Java exception does that is its own cause" });

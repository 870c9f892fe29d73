// A model of one node for ONNX Runtime, written field by field: protobuf is a tag (field number and wire type),
// then an integer of seven bits a byte, or a length and so many bytes.

import type { Dtype } from "../cases.js";

/** TensorProto.DataType */
const ELEMENT_TYPES = { float32: 1, float64: 11 } as const;

/** AttributeProto.AttributeType */
const INT = 2;

/** y = Softmax(x) or LogSoftmax(x) of opset 13 along the axis, for matrices of any size. */
export function oneNodeModel(op: "Softmax" | "LogSoftmax", dtype: Dtype, axis: number): Uint8Array<ArrayBuffer> {
  const attribute = [...text(1, "axis"), ...integer(3, axis), ...integer(20, INT)];
  const node = [...text(1, "x"), ...text(2, "y"), ...text(4, op), ...message(5, attribute)];
  const graph = [
    ...message(1, node),
    ...text(2, "one-node"),
    ...message(11, value("x", dtype)),
    ...message(12, value("y", dtype)),
  ];
  const opset = integer(2, 13);
  return Uint8Array.from([...integer(1, 8), ...message(7, graph), ...message(8, opset)]);
}

/** ValueInfoProto: a name, and a tensor type with two dimensions that have names only. */
function value(name: string, dtype: Dtype): number[] {
  const shape = ["rows", "columns"].flatMap((dimension) => message(1, text(2, dimension)));
  const tensor = [...integer(1, ELEMENT_TYPES[dtype]), ...message(2, shape)];
  return [...text(1, name), ...message(2, message(1, tensor))];
}

function integer(field: number, value: number): number[] {
  return [...varint((BigInt(field) << 3n) | 0n), ...varint(BigInt(value))];
}

function text(field: number, value: string): number[] {
  return message(field, [...new TextEncoder().encode(value)]);
}

function message(field: number, bytes: readonly number[]): number[] {
  return [...varint((BigInt(field) << 3n) | 2n), ...varint(BigInt(bytes.length)), ...bytes];
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: bigint): number[] {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

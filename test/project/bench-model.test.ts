import { expect, test } from "vitest";
import { oneNodeModel } from "../../bench/rivals/model.js";

type Field = bigint | Uint8Array;

/** The fields of a protobuf message, by number: the format as its documentation has it. */
function fieldsOf(bytes: Uint8Array): Record<number, Field[]> {
  const fields: Record<number, Field[]> = {};
  let at = 0;
  const integer = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(integer());
    const wire = tag & 7;
    if (wire !== 0 && wire !== 2) throw new Error(`wire type ${wire}`);
    const number = integer();
    const field = wire === 0 ? number : bytes.subarray(at, at + Number(number));
    if (wire === 2) at += Number(number);
    const list = fields[tag >> 3] ?? [];
    fields[tag >> 3] = [...list, field];
  }
  expect(at).toBe(bytes.length);
  return fields;
}

function message(field: Field | undefined): Record<number, Field[]> {
  return fieldsOf(field as Uint8Array);
}

function text(field: Field | undefined): string {
  return new TextDecoder().decode(field as Uint8Array);
}

// Field numbers of onnx.proto.
const IR_VERSION = 1;
const GRAPH = 7;
const OPSET = 8;

test.each([
  ["Softmax", "float32", -1, 1n],
  ["Softmax", "float64", -1, 11n],
  ["LogSoftmax", "float32", 0, 1n],
] as const)("the ONNX model is one %s of opset 13, %s, axis %i", (name, dtype, axis, elementType) => {
  const model = fieldsOf(oneNodeModel(name, dtype, axis));
  expect(model[IR_VERSION]).toEqual([8n]);
  expect(message(model[OPSET]?.[0])).toEqual({ 2: [13n] });
  const { 1: nodes, 11: inputs, 12: outputs } = message(model[GRAPH]?.[0]);
  expect(nodes).toHaveLength(1);
  const { 1: from, 2: to, 4: op, 5: attributes } = message(nodes?.[0]);
  expect([text(op?.[0]), text(from?.[0]), text(to?.[0])]).toEqual([name, "x", "y"]);
  const { 1: attribute, 3: value, 20: type } = message(attributes?.[0]);
  expect([text(attribute?.[0]), value, type]).toEqual(["axis", [BigInt(axis)], [2n]]);
  for (const [put, label] of [
    [inputs, "x"],
    [outputs, "y"],
  ] as const) {
    const info = message(put?.[0]);
    const tensor = message(message(info[2]?.[0])[1]?.[0]);
    const dimensions = message(tensor[2]?.[0])[1]!.map((dimension) => text(message(dimension)[2]?.[0]));
    expect([text(info[1]?.[0]), tensor[1], dimensions]).toEqual([label, [elementType], ["rows", "columns"]]);
  }
});

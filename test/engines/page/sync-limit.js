// A section without meaning puts every module of this page over the 8 MB to which Chromium compiles and instantiates
// synchronously in a window: the errors are its own.

const LIMIT = 2 ** 23;
const CUSTOM = 0;

/** A custom section without a name: its kind, its size as LEB128, the length of its name, zeros. */
const section = new Uint8Array(5 + LIMIT);
section.set([CUSTOM, 0x80, 0x80, 0x80, LIMIT >>> 21]);

function padded(code) {
  const bytes = ArrayBuffer.isView(code)
    ? new Uint8Array(code.buffer, code.byteOffset, code.byteLength)
    : new Uint8Array(code);
  const all = new Uint8Array(bytes.length + section.length);
  all.set(bytes);
  all.set(section, bytes.length);
  return all;
}

const { Module, compile, instantiate } = WebAssembly;
WebAssembly.Module = new Proxy(Module, { construct: (target, [bytes]) => new target(padded(bytes)) });
WebAssembly.compile = async (bytes) => compile(padded(bytes));
WebAssembly.instantiate = async (code, imports) => instantiate(code instanceof Module ? code : padded(code), imports);

// RC4, which node:crypto no longer has. Old captures do.

/** The state of the cipher: 256 bytes of permutation, then its two indexes. Advanced by `rc4Next`; a copy is a checkpoint. */
export function rc4Start(key: Uint8Array): Uint8Array {
  const state = new Uint8Array(258)
  for (let i = 0; i < 256; i++) state[i] = i
  for (let i = 0, j = 0; i < 256; i++) {
    const kept = state[i]!
    j = (j + kept + key[i % key.length]!) & 0xff
    state[i] = state[j]!
    state[j] = kept
  }
  return state
}

/** The bytes opened (or sealed); `state` moves on. */
export function rc4Next(state: Uint8Array, bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let i = state[256]!
  let j = state[257]!
  for (let at = 0; at < bytes.length; at++) {
    i = (i + 1) & 0xff
    const kept = state[i]!
    j = (j + kept) & 0xff
    const other = state[j]!
    state[i] = other
    state[j] = kept
    out[at] = bytes[at]! ^ state[(kept + other) & 0xff]!
  }
  state[256] = i
  state[257] = j
  return out
}

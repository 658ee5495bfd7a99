// The only door of this folder: live captures and what they need.

export { groupDigits, LiveError, type LiveErrorCode } from './errors.ts'
export { listInterfaces } from './interfaces.ts'
export { dropPrivileges, nextIdentity, stayRoot } from './privileges.ts'
export { reserveRing, startRing } from './ring.ts'
export { makeSpool, removeSpool } from './spool.ts'
export * from './types.ts'

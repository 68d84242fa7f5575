/**
 * The public face of the unit's side of signing: what is put before it, and what it answers. Isomorphic: the signer page, the
 * command line and the tests are all this. Nothing reachable from here imports a `node:` module or does I/O.
 */
export * from '../statement/types.ts'
export * from './sign_request.ts'
export { webSigner, type UnitSigner } from './signer.ts'

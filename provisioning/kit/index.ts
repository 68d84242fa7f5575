/**
 * The public face of what happens at the unit: keys, requests, PKCS#12, the key file, codes and secrets on paper, fingerprints.
 * Isomorphic: nothing reachable from here imports a `node:` module, does I/O, reads a clock or a random source of its own.
 */
export * from './at_the_box.ts'
export { pkcs12Costs, writePkcs12 } from './pkcs12.ts'
export type { LegacyCrypto, Pkcs12Cost } from './pkcs12.ts'
export { makeRenewalKeys, signRenewal, type Renewable, type RenewalKey } from './renewal.ts'
export { makeRequest } from './request.ts'

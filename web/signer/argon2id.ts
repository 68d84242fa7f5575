/** argon2id in the page: hash-wasm's, by WebAssembly inside the bundle. The only file that imports it. */
import { argon2id as stretch } from 'hash-wasm'
import type { Argon2id } from '../../provisioning/kit/index.ts'

/** As `node:crypto` computes it on the command line (RFC 9106). */
export const argon2id: Argon2id = ({ message, salt, memoryKiB, passes, parallelism, tagBytes }) =>
  stretch({
    password: message,
    salt,
    memorySize: memoryKiB,
    iterations: passes,
    parallelism,
    hashLength: tagBytes,
    outputType: 'binary',
  })

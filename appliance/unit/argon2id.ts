/** argon2id of `node:crypto`, for the key file on the command line; a page uses another one of the same algorithm. */
import { argon2 } from 'node:crypto'
import type { Argon2id } from '../../provisioning/index.ts'

export const argon2id: Argon2id = ({ message, salt, memoryKiB, passes, parallelism, tagBytes }) =>
  new Promise((resolve, reject) => {
    const cost = { memory: memoryKiB, passes, parallelism }
    argon2('argon2id', { message, nonce: salt, ...cost, tagLength: tagBytes }, (error, derived) => {
      if (error) reject(error)
      else resolve(new Uint8Array(derived))
    })
  })

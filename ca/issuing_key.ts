/**
 * The face for the process that holds an issuing authority's key and nothing else: it starts within the start of the box and shall load
 * little of this room.
 */
export { requireSignable, type MaySignInput, type Signable } from './authority/may_sign.ts'
export { sha256Hex, utf8 } from './bytes.ts'
export { canonicalJson } from './canonical_json.ts'
export { CaError, type CaErrorCode } from './errors.ts'
export { createKeyFolder, type KeyFolder } from './keys/key_folder.ts'
export { systemRandom } from './random.ts'
export { signatureSuites, type SignatureAlgorithm, type Signer } from './signer.ts'
export { syncFolder, writeWhole } from './whole_file.ts'

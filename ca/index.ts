/** The public face of the trust services. */
export * from './bytes.ts'
export { canonicalJson } from './canonical_json.ts'

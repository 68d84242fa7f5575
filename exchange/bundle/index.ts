/** Evidence bundles: made here for units and auditors, verified by `exchange/verify`. */
export { createAttest, type Attest } from './attest.ts'
export {
  createBundles,
  maxHoldingsBytes,
  type Bundle,
  type BundleMaker,
  type BundleParts,
  type PackedPage,
} from './make.ts'

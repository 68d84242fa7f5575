/** All folds of all rooms: how the journal becomes the views. Raise the version whenever one of them changes. */
import { caFolds, type Fold } from '../ca/index.ts'
import { directoryFolds, documentFolds } from '../exchange/index.ts'
import { enrolmentFolds } from '../provisioning/index.ts'

export const foldsVersion = 1

export const folds: readonly Fold[] = [
  ...caFolds,
  ...directoryFolds,
  ...documentFolds,
  ...enrolmentFolds,
]

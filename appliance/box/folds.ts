/** All folds of all rooms: how the journal becomes the views. Raise the version whenever one of them changes. */
import { caFolds, type Fold, type JournalStorage } from '../../ca/index.ts'
import {
  aboutFolds,
  compromiseFolds,
  directoryFolds,
  documentFolds,
  evidenceFolds,
  graveOrderFolds,
  orderFolds,
  restoredFolds,
  signedByFolds,
} from '../../exchange/index.ts'
import { enrolmentFolds, renewalFolds } from '../../provisioning/index.ts'
import { backupFolds } from '../backup/entries.ts'
import { reportingFolds } from '../health/reporting_fold.ts'
import { statedFolds } from '../health/stated.ts'
import type { DataFolder } from './data_folder.ts'
import { upgradeFolds } from '../upgrade/folds.ts'
import { addressFolds } from '../host/addresses.ts'

const foldsVersion = 6

const folds: readonly Fold[] = [
  ...caFolds,
  ...directoryFolds,
  ...documentFolds,
  ...aboutFolds,
  ...signedByFolds,
  ...evidenceFolds,
  ...orderFolds,
  ...graveOrderFolds,
  ...compromiseFolds,
  ...enrolmentFolds,
  ...renewalFolds,
  ...reportingFolds,
  ...statedFolds,
  ...upgradeFolds,
  ...restoredFolds,
  ...backupFolds,
  ...addressFolds,
]

/** The journal of a folder of data, with what turns it into its views. */
export function journalStorage(data: Pick<DataFolder, 'journalFiles' | 'views'>): JournalStorage {
  return { files: data.journalFiles, store: data.views, folds, foldsVersion }
}

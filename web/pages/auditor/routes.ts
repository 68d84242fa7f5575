/** Rows of the auditor's pages. Fixed names come before `:index`, which would take them for an entry. */
import { bundleFile } from '../../bundle_file.ts'
import { route, type Route } from '../../types.ts'
import { ceremonyRoutes } from '../ceremony/records.ts'
import { entryPage, entryProofFile } from './entry.ts'
import { exportFile, exportPage } from './export.ts'
import { checkHead, checkpointFile, headsPage, journalCertificate } from './heads.ts'
import { journalPage } from './journal.ts'

const row = (path: string, summary: string, handle: Route['handle']): Route =>
  route({ method: 'GET', path, who: 'auditor', summary, handle })

export const auditorRoutes: readonly Route[] = [
  row('/journal', 'Page: the journal, newest first, narrowed', journalPage),
  row('/journal/heads', 'Page: the head now, and consistency between two sizes', headsPage),
  route({
    method: 'POST',
    path: '/journal/heads',
    who: 'auditor',
    summary: 'Checks a checkpoint that was saved before; changes nothing',
    form: 'fields',
    handle: checkHead,
  }),
  row('/journal/heads/file', 'The signed checkpoint of the head now, as a file', checkpointFile),
  row(
    '/journal/certificate/file',
    'The certificate of the key that signs checkpoints',
    journalCertificate,
  ),
  row('/journal/export', 'Page: what an export of the journal holds', exportPage),
  row('/journal/export/file', 'The journal as a zip, where it is not too large', exportFile),
  ...ceremonyRoutes('/journal/ceremonies', 'auditor'),
  row(
    '/journal/documents/:id/bundle.asice',
    'The evidence bundle of a dispatched document, without its content',
    bundleFile,
  ),
  row('/journal/:index', 'Page: one entry with its proof', entryPage),
  row('/journal/:index/file', 'The commands that check an entry by hand', entryProofFile),
]

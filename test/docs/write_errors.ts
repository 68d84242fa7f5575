/** Writes `docs/errors.md` anew from the code: `node test/docs/write_errors.ts`. */
import { writeFileSync } from 'node:fs'
import { errorsPage, writeErrorsPage } from './errors_page.ts'

writeFileSync(errorsPage, await writeErrorsPage())

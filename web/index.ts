/** The public face of the web room: the two applications. `appliance` gives them servers. */
export { createApp } from './app.ts'
export type { BoxCertificateName, DataFolderName, Health, JournalCopy } from './health.ts'
export { createPkiApp } from './pki.ts'
export type { BoxFacts, Limits, Log, Parts } from './types.ts'
